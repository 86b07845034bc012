import type { EncodePlan, Grid, Prediction, Timeline } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';

/** Tables in each segment, and its line in a playlist. Bytes. */
const PER_SEGMENT = 1000;

/** Predicts the most that the title can take, from its caps, and its number of segments; null where the length is unknown. */
export function predict(
  grid: Grid,
  { expectedSeconds, expectedFrames }: Timeline,
  renditions: readonly Rendition[],
): Prediction {
  if (expectedSeconds === null) return { maxBytes: null, segments: null };
  const begun =
    expectedFrames !== null && grid.framesPerSegment !== null
      ? Math.ceil(expectedFrames / grid.framesPerSegment)
      : Math.ceil(expectedSeconds / toNumber(grid.segmentSeconds) - 1e-9);
  const segments = grid.tail?.index ?? Math.max(1, begun);
  const bits = renditions.reduce(
    (sum, rendition) => sum + mostBits(rendition, expectedSeconds) * containerOf(rendition).overhead,
    0,
  );
  const tables = renditions.length * segments * PER_SEGMENT;
  return { maxBytes: Math.ceil(bits / 8 + tables), segments };
}

function mostBits(rendition: Rendition, seconds: number): number {
  switch (rendition.kind) {
    case 'video':
      // A capped encoder may exceed its rate by one full buffer in all.
      return rendition.rate.maxBitrate * seconds + rendition.rate.bufferBits;
    case 'audio':
      return rendition.bitrate * seconds;
  }
}

/** How large the whole title will probably be, bytes. */
export function likelyBytes({ prediction, source }: EncodePlan): number {
  return Math.min((prediction.maxBytes ?? Infinity) * LIKELY_SHARE, source.bytes * LIKELY_TIMES_SOURCE);
}

// Under constant quality a title usually stays well below its caps, and a ladder rarely takes several times the
// bytes of its source; a refusal based on the caps would refuse titles that fit.
export const LIKELY_SHARE = 0.4;

export const LIKELY_TIMES_SOURCE = 4;
