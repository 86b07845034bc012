import type { EncodePlan } from '../../model/plan.js';
import type { Rational } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { CodedSegment } from '../coded/coded-segment.js';
import type { SegmentOf } from '../coded/frame-clock.js';

/**
 * The files that renditions are cut into. All that depends on the format is behind this; a new format is a file beside
 * mpegts.ts, a row in containers.ts, and its name in `ContainerName` (model/plan). The closed bytes of two segments that follow
 * each other are, one after the other, a segment: so the title's tail becomes part of its last whole one.
 */
export interface Container {
  /** Of segments: "ts". */
  readonly extension: string;
  /** Name of the initialization segment in a rendition's folder; null where each segment decodes on its own. */
  readonly init: string | null;
  /** Bytes of a segment ÷ bytes of its streams, at most. */
  readonly overhead: number;
  /** Ticks per second for a track of so many frames or samples per second. */
  timescale(kind: Rendition['kind'], rate: Rational): number;
  /** How FFmpeg's segment muxer writes the segments of a rendition. */
  muxing(cut: SegmentCut): SegmentMuxing;
  /** Whether FFmpeg, which closes a file also where it got not one frame for it, has put none into this one. */
  isEmpty(bytes: Buffer): boolean;
  /**
   * Measures a whole segment from its bytes, without decoding. `init`: bytes of the initialization segment. `near`: where
   * the segment should begin, ticks of the segments' own clock; a clock that wraps is unwound to the turn nearest to it.
   * Throws MediactlError('encode-failed') when the bytes are not a sound segment.
   */
  scan(bytes: Uint8Array, init: Uint8Array | null, near: number): SegmentScan;
  /**
   * Does to a closed segment what the muxer leaves undone. May work in `bytes`, which must not be used any more afterwards.
   * Throws MediactlError('encode-failed') when the bytes are not a sound segment.
   */
  close(bytes: Buffer, place: SegmentPlace): ClosedBytes;
  /**
   * Takes the elementary stream out of a closed segment. `init`: bytes of the initialization segment. Works
   * in `bytes`, which must not be used any more afterwards. Throws MediactlError('encode-failed') when the bytes are not a sound segment.
   */
  read(bytes: Buffer, init: Buffer | null, segment: SegmentOf): CodedSegment;
  /**
   * A closed segment of an elementary stream: to the byte what `close` gives where that stream is encoded into this
   * container. Throws MediactlError('encode-failed') for what it cannot carry.
   */
  write(coded: CodedSegment, segment: SegmentOf, place: SegmentPlace): ClosedBytes;
  /** One segment of two closed ones that follow each other. */
  join(segment: Buffer, next: Buffer): Buffer;
}

/** Where a closed segment stands: all that its bytes may depend on beside what is in it. */
export interface SegmentPlace {
  readonly index: number;
  /** What the segment before it in its chunk gave; 0 for a chunk's first. */
  readonly carry: number;
  /** It is the last of a whole chunk. */
  readonly endsChunk: boolean;
  /** Pieces of a whole segment that decode on their own: GOPs of video, 1 for audio. */
  readonly fragments: number;
  /** Length of a frame, ticks of the rendition's timescale. */
  readonly frameTicks: number;
}

export interface ClosedBytes {
  /** As they are published. */
  readonly bytes: Buffer;
  /** The initialization segment that they need, the same for all segments of a rendition; null where there is none. */
  readonly init: Buffer | null;
  /**
   * What the next segment of the chunk goes on with, a number of the container's own. Each chunk begins with 0: after the
   * last segment of a chunk anything else says that it could not be brought there.
   */
  readonly carry: number;
}

/** What is to be cut. */
export interface SegmentCut {
  readonly plan: EncodePlan;
  readonly rendition: Rendition;
  /** Index of the first segment that the process makes. */
  readonly first: number;
}

export interface SegmentMuxing {
  /** The muxer of each segment, as FFmpeg names it. */
  readonly format: string;
  /** FFmpeg's -muxdelay, seconds; null where the muxer has none. */
  readonly muxDelaySeconds: number | null;
  /** Of the muxer of each segment. Neither names nor values have a character that needs quoting. */
  readonly formatOptions: readonly (readonly [name: string, value: string])[];
}

/** What one segment holds. Times are ticks of the rendition's timescale on the segments' own clock, zero included. */
export interface SegmentScan {
  /** Null: no video in it. */
  readonly video: VideoScan | null;
  /** Null: no audio in it. */
  readonly audio: AudioScan | null;
}

export interface VideoScan {
  readonly frames: number;
  /** First in presentation order. */
  readonly first: number;
  /** From the first decode time to the first presentation: what reordering takes, unless offsets of times hide it. */
  readonly lead: number;
  /** RFC 6381; null when the segment does not say. */
  readonly codecs: string | null;
  /** Each IDR picture in order of bytes. */
  readonly keyframes: readonly { readonly offset: number; readonly bytes: number; readonly time: number }[];
}

export interface AudioScan {
  readonly frames: number;
  readonly first: number;
  /** RFC 6381. */
  readonly codecs: string;
}
