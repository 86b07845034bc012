import { chunkStart, segmentsPerChunk } from '../../model/chunk.js';
import { packagingOf, type EncodePlan } from '../../model/plan.js';
import { rational } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { FrameClock } from './coded-segment.js';

/** A segment of a rendition. */
export interface SegmentOf {
  readonly plan: EncodePlan;
  readonly rendition: Rendition;
  readonly index: number;
}

/** The clock of a rendition's segments. */
export function frameClock({ plan, rendition }: Pick<SegmentOf, 'plan' | 'rendition'>): FrameClock {
  const { timescale } = rendition;
  const zero = Math.round(packagingOf(plan, rendition).zeroSeconds * timescale);
  switch (rendition.kind) {
    case 'video': {
      const { num, den } = plan.grid.frameRate ?? rational(25);
      return { timescale, zero, frame: rational(den, num) };
    }
    case 'audio':
      return { timescale, zero, frame: rational(rendition.samplesPerFrame, rendition.sampleRate) };
  }
}

/** The frame of the title with which the chunk of a segment begins; sound has no frame there. */
export function chunkFrame({ plan, rendition, index }: SegmentOf): number {
  switch (rendition.kind) {
    case 'video':
      return chunkStart(index, segmentsPerChunk(plan, rendition)) * (plan.grid.framesPerSegment ?? 0);
    case 'audio':
      return 0;
  }
}
