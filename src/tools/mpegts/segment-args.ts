import { packagingOf } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { SegmentCut, SegmentMuxing } from '../containers/container.js';

/** How FFmpeg cuts a rendition into transport stream segments on the grid, from segment `first`. */
export function transportMuxing({ plan, rendition, first }: SegmentCut): SegmentMuxing {
  const segmentSeconds = toNumber(plan.grid.segmentSeconds);
  return {
    format: 'mpegts',
    // FFmpeg's mpegts muxer starts streams at 2 × muxdelay.
    muxDelaySeconds: packagingOf(plan, rendition).zeroSeconds / 2,
    formatOptions: [
      ['avoid_negative_ts', 'disabled'],
      // The span's place on the timeline, added by the inner muxer after the outer one has decided the cut.
      ['output_ts_offset', (first * segmentSeconds).toFixed(6)],
      // Tables at the segment's start and no more: ten times a second, as by default, they are 30 kb/s.
      ['pat_period', '3600'],
      ['sdt_period', '3600'],
    ],
  };
}
