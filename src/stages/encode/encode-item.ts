import type { ChunkRead } from '../../model/account.js';
import type { Segment } from '../../model/artifact.js';
import type { Rendition } from '../../model/rendition.js';
import type { InitFile } from './inits.js';

/** What encoding yields, in the order it happens. Segments of one chunk come in order; chunks are made side by side. */
export type EncodeItem =
  /** A rendition's initialization segment is in its folder; comes before the first segment that this run makes. */
  | { readonly kind: 'init'; readonly init: InitFile }
  | { readonly kind: 'segment'; readonly chunk: number; readonly segment: Segment }
  /** A chunk is made; all its segments were yielded before. */
  | ({ readonly kind: 'chunk' } & MadeChunk)
  /** FFmpeg reported an error while reading the source, and went on. */
  | { readonly kind: 'damage'; readonly text: string };

export interface MadeChunk {
  readonly rendition: Rendition;
  /** Its first segment. */
  readonly first: number;
  /** Segments of the title up to its end. */
  readonly segments: number;
  /** The title ends with it. */
  readonly ended: boolean;
  /** RFC 6381; null where the segments do not say. */
  readonly codecs: string | null;
  /** What was read for it; null where that is not known. */
  readonly read: ChunkRead | null;
}
