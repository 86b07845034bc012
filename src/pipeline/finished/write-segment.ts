import type { EncodePlan } from '../../model/plan.js';
import { rational, toNumber, type Rational } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { placeOf, type ClosedFile } from '../../stages/encode/close-segment.js';
import type { CodedSegment } from '../../tools/coded/coded-segment.js';
import { containerOf } from '../../tools/containers/containers.js';

/** A segment, and the title's tail that is in it (see `Grid.tail`); null: there is none. */
export interface Pieces {
  readonly segment: CodedSegment;
  readonly tail: CodedSegment | null;
}

/** Cuts the tail off segment `index`: containers write it as a segment of its own, and join the two. */
export function cutTail(coded: CodedSegment, { grid }: EncodePlan, rendition: Rendition, index: number): Pieces {
  if (grid.tail?.index !== index + 1) return { segment: coded, tail: null };
  switch (coded.kind) {
    case 'video': {
      const { frames } = coded;
      const most = grid.framesPerSegment ?? frames.length;
      if (frames.length <= most) return { segment: coded, tail: null };
      return {
        segment: { ...coded, frames: frames.slice(0, most) },
        tail: { ...coded, frames: frames.slice(most) },
      };
    }
    case 'audio': {
      const { first, frames } = coded;
      const most = firstFrameFrom(grid.segmentSeconds, index + 1, rendition) - first;
      if (frames.length <= most) return { segment: coded, tail: null };
      return {
        segment: { ...coded, frames: frames.slice(0, most) },
        tail: { ...coded, first: first + most, frames: frames.slice(most) },
      };
    }
  }
}

/** Sound is cut at the first frame that begins at a boundary or after it. */
function firstFrameFrom(segmentSeconds: Rational, index: number, rendition: Rendition): number {
  const length = rendition.kind === 'audio' ? rational(rendition.samplesPerFrame, rendition.sampleRate) : rational(1);
  return Math.ceil((toNumber(segmentSeconds) * index) / toNumber(length) - 1e-6);
}

/** A closed segment of the rendition's own container. `carry`: see SegmentPlace. Throws what `Container.write` throws. */
export function writeSegment(
  coded: CodedSegment,
  plan: EncodePlan,
  rendition: Rendition,
  { index, carry }: { readonly index: number; readonly carry: number },
): ClosedFile {
  const container = containerOf(rendition);
  const file = `${String(index).padStart(5, '0')}.${container.extension}`;
  const { segment, tail } = cutTail(coded, plan, rendition, index);
  const place = placeOf(plan, rendition, index, carry);
  const closed = container.write(segment, { plan, rendition, index }, place);
  const { init } = closed;
  if (!tail)
    return { index, file, endsChunk: place.endsChunk, hasTail: false, bytes: closed.bytes, carry: closed.carry, init };
  const after = placeOf(plan, rendition, index + 1, closed.carry);
  const rest = container.write(tail, { plan, rendition, index: index + 1 }, after);
  const bytes = container.join(closed.bytes, rest.bytes);
  return { index, file, endsChunk: false, hasTail: true, bytes, carry: rest.carry, init };
}
