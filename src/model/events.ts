import type { RenditionMeasure, TitleStatus } from './artifact.js';
import type { LeftOutTrack } from './left-out.js';
import type { ManifestFormat, PlaybackReport } from './playback.js';
import type { DrmSystem, ProtectionScheme } from './protection.js';
import type { TrackAccount } from './track-account.js';

/**
 * Progress goes out sideways: one union through one `emit`. Bars, NDJSON and log lines are renderings of it;
 * nothing reads it back. With --json each event is one line on stdout; README documents it as a contract.
 */
export type Event =
  | StartEvent
  | ProgressEvent
  | SegmentEvent
  | SurveyEvent
  | FetchEvent
  | UploadEvent
  | StageEvent
  | WarningEvent
  | CommandEvent
  | RetryEvent
  | KeptEvent
  | InputEvent
  | SummaryEvent
  | ServingEvent
  | PlaybackEvent
  | ListeningEvent
  | ResultEvent
  | ErrorEvent;

export type Emit = (event: Event) => void;

/** The plan is made; work begins. */
export interface StartEvent {
  readonly type: 'start';
  readonly input: string;
  readonly output: string;
  /** Expected length of the title in seconds, null when unknown. */
  readonly expectedSeconds: number | null;
  readonly renditions: readonly StartedRendition[];
  /** An earlier run has begun this title and came to no end: `doneSeconds` say what is kept of it, which may be nothing. */
  readonly resumed: boolean;
}

export type StartedRendition = StartedVideo | StartedAudio;

interface StartedBase {
  readonly id: string;
  readonly name: string;
  /** Cap or target, bits per second. */
  readonly bitrate: number;
  /** Seconds of the title that an earlier run already finished. */
  readonly doneSeconds: number;
}

export interface StartedVideo extends StartedBase {
  readonly kind: 'video';
  readonly width: number;
  readonly height: number;
}

export interface StartedAudio extends StartedBase {
  readonly kind: 'audio';
  readonly width: null;
  readonly height: null;
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

/**
 * How far a source has been read whose headers do not say how long its tracks are; a few times a second, once that takes
 * more than a moment.
 */
export interface SurveyEvent {
  readonly type: 'survey';
  readonly bytes: number;
  readonly totalBytes: number;
}

/** How much of a remote source is in the working folder, while it is fetched whole; a few times a second. */
export interface FetchEvent {
  readonly type: 'fetch';
  readonly bytes: number;
  readonly totalBytes: number;
  /** Since it began; null when not known yet. */
  readonly bytesPerSecond: number | null;
}

/** How far the upload to a bucket is; a few times a second while there is one, and when it is done. */
export interface UploadEvent {
  readonly type: 'upload';
  /** Objects and bytes that the bucket has confirmed in this run. */
  readonly objects: number;
  readonly bytes: number;
  /** Of them, what was sent in this run: the rest was there already. */
  readonly sentObjects: number;
  readonly sentBytes: number;
  /** The same, of all that was handed over for upload so far; grows while the encode goes on. */
  readonly totalObjects: number;
  readonly totalBytes: number;
  /** Lately; null when not known yet. */
  readonly bytesPerSecond: number | null;
  /** Requests that had to be sent again. */
  readonly retries: number;
  /** The encoder waits for the upload. */
  readonly waiting: boolean;
}

/** One object of a bucket, as the bucket confirmed it. */
export interface UploadedObject {
  readonly path: string;
  readonly bytes: number;
  /** CRC-32C, base64 of the big-endian four bytes. */
  readonly crc32c: string | null;
  readonly generation: string;
  readonly contentType: string | null;
  readonly cacheControl: string | null;
  /** Custom metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** So many objects, and their bytes. */
export interface ObjectCount {
  readonly objects: number;
  readonly bytes: number;
}

/** What a run did for the objects that are in a bucket now; each is in one of these. */
export interface Transfer {
  /** Its bytes went there. */
  readonly sent: ObjectCount;
  /** They were there already, and its headers were changed. */
  readonly patched: ObjectCount;
  /** Nothing had to be done. */
  readonly there: ObjectCount;
}

/** A title of a day has 100 000 objects: they are passed on one at a time. */
export interface UploadedObjects extends Iterable<UploadedObject> {
  readonly size: number;
  /** Null: it is not among them. */
  find(path: string): UploadedObject | null;
  /** A list for JSON.stringify. */
  toJSON(): readonly UploadedObject[];
}

export interface StageEvent {
  readonly type: 'stage';
  readonly stage: 'probe' | 'plan' | 'fetch' | 'encode' | 'copy' | 'package' | 'publish' | 'verify';
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

/** A bucket, or the server of a source, was asked in vain, and is asked again after a wait. */
export interface RetryEvent {
  readonly type: 'retry';
  /**
   * Below the destination: an object, or the beginning of names that were listed; "" is the destination itself. Of a
   * source, its whole address without what is secret in it.
   */
  readonly path: string;
  /** The one that failed, from 1. */
  readonly attempt: number;
  readonly waitSeconds: number;
  readonly reason: string;
}

/** Of several inputs the next is begun: what follows, up to its `result` or `error`, is about it. */
export interface InputEvent {
  readonly type: 'input';
  /** From 0. */
  readonly index: number;
  readonly count: number;
  readonly input: string;
}

/** Final where several inputs were given. */
export interface SummaryEvent {
  readonly type: 'summary';
  /** The largest of all. */
  readonly exitCode: number;
  readonly titles: readonly SummarizedTitle[];
  /** Inputs after one that would have met them all, such as a signal. */
  readonly notBegun: readonly string[];
}

export interface SummarizedTitle {
  readonly input: string;
  readonly exitCode: number;
  /** Of its error; null: it has none, and then the others are those of its result. */
  readonly code: string | null;
  readonly outcome: ResultEvent['outcome'] | null;
  readonly status: TitleStatus | null;
  readonly output: string | null;
  readonly playlist: string | null;
}

/** The player's page can be opened. */
export interface ServingEvent {
  readonly type: 'serving';
  /** Of the page, for a browser on this machine. */
  readonly address: string;
  /** What is played, as the user named it. */
  readonly source: string;
  readonly format: ManifestFormat;
  /** Other machines can open it, too: at these addresses. */
  readonly exposedAt: readonly string[];
}

/** Something that the player's page has reported. */
export type PlaybackEvent = { readonly type: 'playback' } & PlaybackReport;

/** A service answers from now on. */
export interface ListeningEvent {
  readonly type: 'listening';
  readonly service: 'beacon' | 'license';
  /** What is asked there, for programs on this machine. */
  readonly address: string;
  /** The same for other machines; empty: only this one can ask. */
  readonly exposedAt: readonly string[];
  /** Nobody can read or change what is sent on the way. */
  readonly encrypted: boolean;
}

/** A run that came to no end leaves this for the next; before the final event. */
export interface KeptEvent {
  readonly type: 'kept';
  /** Absolute path of the working folder, and what is in it. */
  readonly folder: string;
  readonly bytes: number;
  /** How much of the title is whole in each rendition; null: it is the work of other runs, for another title. */
  readonly seconds: number | null;
  readonly expectedSeconds: number | null;
}

/** Final. */
export interface ResultEvent {
  readonly type: 'result';
  readonly outcome: 'encoded' | 'packaged' | 'uploaded' | 'relabelled' | 'unchanged';
  readonly status: TitleStatus;
  /** Absolute path of the folder, or gs://bucket/prefix. */
  readonly output: string;
  /** Absolute path, or gs:// address, of the multivariant playlist; `output` where there is none. */
  readonly playlist: string;
  /** The same of the playlist that leads to CMAF, where `playlist` leads to MPEG-TS and the title has both. */
  readonly cmafPlaylist?: string;
  /** The same of the DASH manifest, where the title has one. */
  readonly manifest?: string;
  /** The same of the manifest for players that know Clear Key alone, where `manifest` is for other DRM systems. */
  readonly clearKeyManifest?: string;
  /** How the title is encrypted, where it is; other than by this, no player shows it. */
  readonly protection?: { readonly scheme: ProtectionScheme; readonly systems: readonly DrmSystem[] };
  readonly durationSeconds: number;
  readonly elapsedSeconds: number;
  readonly bytes: number;
  readonly renditions: readonly RenditionMeasure[];
  /** In a bucket only: where players get the playlist when objects are public, and every object of the title. */
  readonly url?: string;
  readonly objects?: UploadedObjects;
  /** What this run did for them. */
  readonly transfer?: Transfer;
  /** Absolute path of the file that lists those objects, where one is kept. */
  readonly receipt?: string;
  /** Of each track that is in the title, as far as it was measured. */
  readonly account: readonly TrackAccount[];
  /** Tracks of the source that are not in the title, in the order of the file. */
  readonly leftOut: readonly LeftOutTrack[];
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
