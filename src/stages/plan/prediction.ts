import type { AudioRendition, EncodePlan, Grid, Prediction, Timeline, VideoRendition } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';

/** Packets of 188 bytes, each with a header, and rounding up to whole ones. */
const TRANSPORT_OVERHEAD = 1.07;
/** Tables and a line in a playlist. Bytes. */
const PER_SEGMENT = 1000;

/** The most that the title can take, by its caps, and its number of segments; null where the length is unknown. */
export function predict(
  grid: Grid,
  { expectedSeconds, expectedFrames }: Timeline,
  video: readonly VideoRendition[],
  audio: readonly AudioRendition[],
): Prediction {
  if (expectedSeconds === null) return { maxBytes: null, segments: null };
  const segments = Math.max(
    1,
    expectedFrames !== null && grid.framesPerSegment !== null
      ? Math.ceil(expectedFrames / grid.framesPerSegment)
      : Math.ceil(expectedSeconds / toNumber(grid.segmentSeconds) - 1e-9),
  );
  // The cap allows a full buffer on top, once.
  const videoBits = video.reduce((sum, { rate }) => sum + rate.maxBitrate * expectedSeconds + rate.bufferBits, 0);
  const audioBits = audio.reduce((sum, { bitrate }) => sum + bitrate * expectedSeconds, 0);
  const tables = (video.length + audio.length) * segments * PER_SEGMENT;
  return { maxBytes: Math.ceil(((videoBits + audioBits) / 8) * TRANSPORT_OVERHEAD + tables), segments };
}

/** Bytes that the whole title will probably have. */
export function likelyBytes({ prediction, source }: EncodePlan): number {
  return Math.min((prediction.maxBytes ?? Infinity) * LIKELY_SHARE, source.bytes * LIKELY_TIMES_SOURCE);
}

// Under constant quality a title usually stays well below its caps, and a ladder rarely takes several times the
// bytes of its source; refusing at the caps would refuse what fits.
export const LIKELY_SHARE = 0.4;

export const LIKELY_TIMES_SOURCE = 4;
