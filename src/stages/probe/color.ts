import type { Color } from '../../model/media.js';
import type { FfprobeStream } from '../../tools/ffprobe.js';

type ColorHints = Pick<FfprobeStream, 'pix_fmt' | 'color_range' | 'color_space' | 'color_transfer' | 'color_primaries'>;

/**
 * Colour as the file says it, and as the pixel format itself says: yuvj… and RGB are full range, RGB has no YUV
 * matrix ("gbr"). FFmpeg versions differ in how much of that they repeat in the tags.
 */
export function readColor(stream: ColorHints): Color {
  const pixelFormat = stream.pix_fmt ?? '';
  const rgb = isRgb(pixelFormat);
  return {
    range: rgb || pixelFormat.startsWith('yuvj') ? 'pc' : readRange(stream.color_range),
    matrix: rgb ? 'gbr' : stream.color_space,
    transfer: stream.color_transfer,
    primaries: stream.color_primaries,
  };
}

/**
 * By the transfer function, which is what makes a picture too dark or washed out when it is ignored. Dolby Vision
 * profile 5 is PQ by definition, and often not tagged.
 */
export function readDynamicRange(transfer: string | null, dolbyVisionProfile: number | null): 'sdr' | 'pq' | 'hlg' {
  if (transfer === 'smpte2084' || dolbyVisionProfile === 5) return 'pq';
  return transfer === 'arib-std-b67' ? 'hlg' : 'sdr';
}

/** Bits per component of a pixel format by its FFmpeg name: "yuv420p10le" → 10, "p010le" → 10, "nv12" → 8. */
export function bitDepthOf(pixelFormat: string): number {
  for (const [pattern, depth] of IRREGULAR) if (pattern.test(pixelFormat)) return depth;
  const depth = /(?:^[py][024]|p|gray|f)(0?9|1[0246]|32)(?:le|be)$/.exec(pixelFormat)?.[1];
  return depth === undefined ? 8 : Number(depth);
}

// Packed formats count the bits of a whole pixel, or hide the number in the middle.
const IRREGULAR: readonly (readonly [RegExp, number])[] = [
  [/^(?:rgb|bgr)48|^(?:rgba|bgra|ayuv)64|^ya16|^bayer_\w+16/, 16],
  [/^x2(?:rgb|bgr)10|^xv30|^v30x|^nv20/, 10],
  [/^xv36|^xyz12/, 12],
];

function isRgb(pixelFormat: string): boolean {
  return /^(?:rgb|bgr|argb|abgr|rgba|bgra|gbr|x2rgb|x2bgr|0rgb|0bgr|rgb0|bgr0|pal8|bayer|xyz)/.test(pixelFormat);
}

function readRange(range: string | null): 'tv' | 'pc' | null {
  return range === 'tv' || range === 'pc' ? range : null;
}
