import type { EncodePlan, VideoPlan, VideoRendition } from '../../model/plan.js';

/** Encoder arguments of one rung: codec, rate control, closed GOPs on the grid, colour tags. */
export function videoEncoderArgs(plan: EncodePlan, video: VideoPlan, rung: VideoRendition): string[] {
  const { primaries, transfer, matrix } = video.color;
  return [
    ...['-c:v', rung.encoder],
    ...Object.entries(rung.options).flatMap(([name, value]) => [`-${name}:v`, value]),
    ...rateArgs(rung),
    ...gopArgs(plan),
    ...['-pix_fmt', 'yuv420p', '-color_range', 'tv'],
    ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix],
    ...['-threads:v', String(video.decode.threads[rung.id] ?? 1)],
  ];
}

function rateArgs({ rate }: VideoRendition): string[] {
  const ceiling = ['-maxrate:v', String(rate.maxBitrate), '-bufsize:v', String(rate.bufferBits)];
  return rate.mode === 'crf' ? ['-crf', String(rate.crf), ...ceiling] : ['-b:v', String(rate.bitrate), ...ceiling];
}

// A segment is a whole number of GOPs, so a fixed closed GOP puts an IDR on every boundary; a scene cut must
// not add keyframes, or GOPs would drift apart between rungs.
function gopArgs({ grid }: EncodePlan): string[] {
  const gop = String(grid.framesPerGop ?? 1);
  return ['-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-flags:v', '+cgop'];
}
