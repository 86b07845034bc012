import type { Grid } from '../../model/plan.js';
import type { VideoRendition } from '../../model/rendition.js';
import type { VideoEncoder } from './encoder.js';

/** H.264 by x264: rate control, closed GOPs on the grid, colour tags. */
export const x264: VideoEncoder = {
  args({ grid, picture: { pixelFormat, color }, rung }) {
    const { primaries, transfer, matrix } = color;
    return [
      ...['-c:v', rung.encoder],
      ...Object.entries(rung.options).flatMap(([name, value]) => [`-${name}:v`, value]),
      ...rateArgs(rung),
      ...gopArgs(grid),
      ...['-pix_fmt', pixelFormat, '-color_range', 'tv'],
      ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix],
      // One thread: with several, x264's bytes depend on how many, and under a VBV on chance as well. Cores are used by
      // rungs and chunks side by side.
      ...['-threads:v', '1'],
      // x264 writes its version and options into a message of its own (SEI, NAL unit type 6); captions come as another.
      ...['-bsf:v', 'filter_units=remove_types=6'],
    ];
  },
};

function rateArgs({ rate }: VideoRendition): string[] {
  const ceiling = ['-maxrate:v', String(rate.maxBitrate), '-bufsize:v', String(rate.bufferBits)];
  return rate.mode === 'crf' ? ['-crf', String(rate.crf), ...ceiling] : ['-b:v', String(rate.bitrate), ...ceiling];
}

// A segment is a whole number of GOPs, so a fixed closed GOP puts an IDR on every boundary; a scene cut must
// not add keyframes, or GOPs would drift apart between rungs.
function gopArgs({ framesPerGop }: Grid): string[] {
  const gop = String(framesPerGop ?? 1);
  return ['-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-flags:v', '+cgop'];
}
