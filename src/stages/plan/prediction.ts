import type { AudioRendition, Grid, Prediction, Timeline, VideoRendition } from '../../model/plan.js';
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
