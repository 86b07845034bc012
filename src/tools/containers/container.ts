import type { EncodePlan } from '../../model/plan.js';
import type { Rational } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';

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
  timescale(rate: Rational): number;
  /** FFmpeg's output arguments that cut a rendition on the grid. */
  cutArgs(cut: SegmentCut): string[];
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
}

/** Where a closed segment stands: all that its bytes may depend on beside what is in it. */
export interface SegmentPlace {
  readonly index: number;
  /** What the segment before it in its chunk gave; 0 for a chunk's first. */
  readonly carry: number;
  /** It is the last of a whole chunk. */
  readonly endsChunk: boolean;
}

export interface ClosedBytes {
  /** As they are published. */
  readonly bytes: Buffer;
  /**
   * What the next segment of the chunk goes on with, a number of the container's own. Each chunk begins with 0: after the
   * last segment of a chunk anything else says that it could not be brought there.
   */
  readonly carry: number;
}

/** What is to be cut, and where to. */
export interface SegmentCut {
  readonly plan: EncodePlan;
  readonly rendition: Rendition;
  /** Index of the first segment that the process makes. */
  readonly first: number;
  /** Absolute; has a sub-folder for the rendition, where segment 12 becomes 00012.ts. */
  readonly folder: string;
  /** File descriptor on which each closed segment is a line "00012.ts,start,end". */
  readonly listFd: number;
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
