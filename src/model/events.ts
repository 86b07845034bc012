import type { RenditionMeasure, TitleStatus } from './artifact.js';

/**
 * Progress goes out sideways: one union through one `emit`. Bars, NDJSON and log lines are renderings of it;
 * nothing reads it back. With --json each event is one line on stdout; README documents it as a contract.
 */
export type Event =
  StartEvent | ProgressEvent | SegmentEvent | StageEvent | WarningEvent | CommandEvent | ResultEvent | ErrorEvent;

export type Emit = (event: Event) => void;

/** The plan is made; work begins. */
export interface StartEvent {
  readonly type: 'start';
  readonly input: string;
  readonly output: string;
  /** Expected length of the title in seconds, null when unknown. */
  readonly expectedSeconds: number | null;
  readonly renditions: readonly {
    readonly id: string;
    readonly name: string;
    readonly kind: 'video' | 'audio';
    readonly width: number | null;
    readonly height: number | null;
    /** Cap or target, bits per second. */
    readonly bitrate: number;
    /** Seconds of the title that an earlier run already finished. */
    readonly doneSeconds: number;
  }[];
}

/** Where one rendition's encoder is; at most a few times a second. */
export interface ProgressEvent {
  readonly type: 'progress';
  readonly rendition: string;
  /** Position on the title's timeline, seconds. */
  readonly seconds: number;
  /** Frames encoded in this run. */
  readonly frames: number;
  /** Frames a second of wall time, lately. */
  readonly fps: number | null;
  /** Title seconds per wall second, lately. */
  readonly speed: number | null;
}

/** A segment is closed, measured and on disk. */
export interface SegmentEvent {
  readonly type: 'segment';
  readonly rendition: string;
  readonly index: number;
  readonly path: string;
  /** Seconds on the title's timeline. */
  readonly start: number;
  readonly duration: number;
  readonly bytes: number;
}

export interface StageEvent {
  readonly type: 'stage';
  readonly stage: 'probe' | 'plan' | 'encode' | 'package' | 'publish' | 'verify';
}

export interface WarningEvent {
  readonly type: 'warning';
  readonly code: string;
  readonly message: string;
  readonly count?: number;
}

/** An outside program is started (shown with --verbose). */
export interface CommandEvent {
  readonly type: 'command';
  readonly label: string;
  readonly argv: readonly string[];
}

/** Final. */
export interface ResultEvent {
  readonly type: 'result';
  readonly outcome: 'encoded' | 'unchanged';
  readonly status: TitleStatus;
  readonly output: string;
  /** Absolute path of the multivariant playlist. */
  readonly playlist: string;
  readonly durationSeconds: number;
  readonly elapsedSeconds: number;
  readonly bytes: number;
  readonly renditions: readonly RenditionMeasure[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly count?: number }[];
}

/** Final. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly reason: string | null;
  readonly hint: string | null;
  /** Last words of the outside program, where they help. */
  readonly detail: readonly string[];
}
