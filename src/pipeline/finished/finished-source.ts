import type { Segment, TitleOrigin } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';
import type { TrackAccount } from '../../model/track-account.js';
import type { CodedSegment } from '../../tools/coded/coded-segment.js';

/**
 * Renditions that are finished, wherever they come from: what `mediactl package` makes a title of, without encoding. A
 * title of ours is one kind (finished-title.ts); another kind is a file beside it that gives this, and a row in
 * open-finished.ts.
 */
export interface FinishedSource {
  /** For people: as it was named. */
  readonly name: string;
  /**
   * How they were made, as far as that is known: grid, timeline, tracks. Each encoded stream is a rendition in each form that
   * is there. Of streams that are in none of our forms `closed` of their segments is null, and the container of their
   * renditions means nothing.
   */
  readonly plan: EncodePlan;
  /** Version of the FFmpeg that made the streams; "" where that is not known. */
  readonly ffmpeg: string;
  readonly account: readonly TrackAccount[];
  /** The title that they are of; null: of none. */
  readonly origin: TitleOrigin | null;
  /** Whether segments of a rendition, one of `plan`, are there as it says: they need not be written anew. */
  isClosed(rendition: Rendition): boolean;
  /** RFC 6381, of a rendition that is there as it says. */
  codecsOf(rendition: Rendition): string | null;
  /**
   * The segments of a rendition of `plan` in order from `first` on, read and checked one after the other. Throws
   * MediactlError (input-…, storage-…) for what is missing, damaged or does not fit, with its place.
   */
  segments(rendition: Rendition, first: number): AsyncIterable<FinishedSegment>;
  /** Throws MediactlError source-changed when it is no longer what it was when it was opened. */
  check(): Promise<void>;
}

export interface FinishedSegment {
  readonly index: number;
  /** The title ends with it. */
  readonly isLast: boolean;
  /** As it is in the form that its rendition says; null: it is in none. */
  readonly closed: ClosedSegment | null;
  /**
   * Its elementary stream; `closed` must not be used any more afterwards. Throws MediactlError('encode-failed') where its
   * bytes are not sound.
   */
  coded(): CodedSegment;
}

export interface ClosedSegment {
  readonly segment: Segment;
  readonly bytes: Buffer;
  /** The initialization segment that goes with it; null where there is none. */
  readonly init: Buffer | null;
}
