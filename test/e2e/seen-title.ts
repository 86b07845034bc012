import type { Fields } from '../support/ffprobe.js';
import type { Entry, MediaPlaylist, ProbedSegment } from './title.js';

/** One rendition of a title as it is on disk, seen by ffprobe and by reading its files. */
export interface SeenRendition {
  readonly folder: string;
  /** Of its line in the multivariant playlist. */
  readonly attributes: Entry['attributes'];
  readonly playlist: MediaPlaylist;
  readonly segments: readonly ProbedSegment[];
  /** ffprobe's account of the first segment's stream. */
  readonly stream: Fields;
  /** Presentation times of all packets in order, 90 kHz ticks as they stand in the segments. */
  readonly ticks: readonly number[];
}

export interface SeenTitle {
  readonly folder: string;
  readonly master: string;
  /** Descending by size. */
  readonly rungs: readonly SeenRendition[];
  readonly audio: readonly SeenRendition[];
  /** Frames a second that the rungs must have; null for a title of sound alone. */
  readonly rate: Rate | null;
  /** Where the transport streams put time 0, 90 kHz ticks. */
  readonly zero: number;
}

export interface Rate {
  readonly num: number;
  readonly den: number;
}
