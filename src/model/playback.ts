/**
 * What the player's page tells of a session: events as analytics wants them. The page sends them in batches to the
 * server that it came from, which prints them and may send them on.
 */
export type PlaybackReport = PlaybackFacts & PlaybackHappening;

/** Of every report. */
export interface PlaybackFacts {
  /** One opening of one page: 16 hexadecimal digits by chance, which say nothing of who it is. */
  readonly session: string;
  /** Grows by one with each report of a session, from 0: a report that came twice can be told. */
  readonly number: number;
  /** Name of the title, as the page shows it. */
  readonly title: string;
  readonly player: PlayerName;
  readonly format: ManifestFormat;
  /** When it happened by the clock of the page: ISO 8601, UTC. */
  readonly happened: string;
  /** Seconds on the title's timeline. */
  readonly position: number;
  /** Seconds of media that are loaded beyond the position. */
  readonly bufferSeconds: number;
  /** The player's estimate, bits a second; null: it has none. */
  readonly bandwidth: number | null;
}

export type PlaybackHappening =
  /** The first picture can be shown: so long after the page began to load the title. */
  | { readonly event: 'startup'; readonly milliseconds: number }
  /** Another rung came on screen. */
  | {
      readonly event: 'quality_switch';
      readonly from: Quality | null;
      readonly to: Quality;
      /** The player chose it, and not the viewer. */
      readonly automatic: boolean;
    }
  /** Less than LOW_BUFFER_SECONDS are loaded, and not because the end is near. Once until it has recovered. */
  | { readonly event: 'low_buffer' }
  /** Playback stood still and goes on: for so long. Seeking is none. */
  | { readonly event: 'stall'; readonly milliseconds: number }
  /** `fatal`: nothing plays any more. `code` is the player's own. */
  | { readonly event: 'error'; readonly code: string; readonly message: string; readonly fatal: boolean }
  /** The title came to its end, or the page was left; at most once each. */
  | {
      readonly event: 'ended' | 'left';
      readonly watchedSeconds: number;
      readonly stalls: number;
      readonly switches: number;
      readonly frames: number;
      readonly droppedFrames: number;
    };

/** Null: the player does not say. */
export interface Quality {
  readonly width: number | null;
  readonly height: number | null;
  /** Bits a second, as the manifest says. */
  readonly bitrate: number | null;
}

export type PlayerName = 'hls.js' | 'shaka' | 'native';

export type ManifestFormat = 'hls' | 'dash';

/** Below this a `low_buffer` is reported, and above twice as much it has recovered. */
export const LOW_BUFFER_SECONDS = 3;

/** What the server tells the page, as /config.json. */
export interface PageConfig {
  readonly title: string;
  /** One at least; the first is played. */
  readonly manifests: readonly PageManifest[];
  /** Where reports are posted to; null: nowhere. */
  readonly reports: string | null;
  /** How fast the server may send media, kilobits a second; null: without limit. */
  readonly throttle: number | null;
  /** Whether the server sends the media, so that there is something to throttle. */
  readonly canThrottle: boolean;
  /** Where players of Clear Key get keys; not there: the title is clear, or whoever plays it knows. */
  readonly license?: string;
  /** The figures are shown from the start. */
  readonly figures: boolean;
}

export interface PageManifest {
  readonly format: ManifestFormat;
  /** Absolute, or relative to the page. */
  readonly url: string;
}
