import type { EncodePlan } from './plan.js';
import type { Rendition } from './rendition.js';

/**
 * Audio has longer chunks than video: it costs little to make again, and each chunk begins with a segment for the encoder
 * to warm up in.
 */
const AUDIO_CHUNK = 4;

/**
 * Segments of a whole chunk of a rendition; Infinity where the rendition is one chunk. A chunk is made by processes of its
 * own, from its first segment to its last, whoever makes it: so a segment's bytes are a function of source, plan and index.
 * Audio of a source that cannot be sought is one chunk, because each chunk would decode all that is before it.
 */
export function segmentsPerChunk({ grid, input }: Pick<EncodePlan, 'grid' | 'input'>, { kind }: Rendition): number {
  switch (kind) {
    case 'video':
      return grid.segmentsPerChunk;
    case 'audio':
      return input.seekable ? AUDIO_CHUNK * grid.segmentsPerChunk : Infinity;
  }
}

/** The first segment of the chunk that segment `index` is in. `length`: see segmentsPerChunk. */
export function chunkStart(index: number, length: number): number {
  return Number.isFinite(length) ? index - (index % length) : 0;
}

/** Whether segment `index` is the last of a whole chunk. `length`: see segmentsPerChunk. */
export function endsChunk(index: number, length: number): boolean {
  return Number.isFinite(length) && (index + 1) % length === 0;
}

/** A range of segments of one rendition: `first` up to, but without, `end`; null: to the end of the title. */
export interface Span {
  readonly rendition: Rendition;
  readonly first: number;
  readonly end: number | null;
  /** Where `first` is in the middle of a chunk: what the segment before it gave, see `ClosedBytes.carry`. */
  readonly carry?: number | undefined;
}
