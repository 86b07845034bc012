import type { Rendition } from '../../model/rendition.js';

/** One chunk of one rendition, as it is made. */
export interface ChunkSpan {
  readonly rendition: Rendition;
  readonly first: number;
  /** Null: to the end of the title. */
  readonly end: number | null;
  /** The first segment that FFmpeg makes: before `first` where an encoder has to warm up. */
  readonly start: number;
  /** What the segment before `first` gave, where that is in the middle of a chunk; else 0. See `ClosedBytes.carry`. */
  readonly carry: number;
}
