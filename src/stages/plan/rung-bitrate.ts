import type { Size } from '../../model/media.js';
import type { PresetRung } from '../../model/preset.js';

const WIDESCREEN = 16 / 9;
const LEAST = 80_000;
/** Bitrate grows more slowly than the number of pixels. */
const PIXEL_EXPONENT = 0.75;

/** The cap of a rung between two of a ladder, interpolated in logarithms of pixels and bits. */
export function capBetween(shortSide: number, below: PresetRung, above: PresetRung): number {
  // The number of pixels of a 16:9 picture grows with the square of its short side; constant factors cancel out.
  const share = Math.log(shortSide / below.shortSide) / Math.log(above.shortSide / below.shortSide);
  const between = roundBitrate(below.bitrate * (above.bitrate / below.bitrate) ** share);
  return Math.min(above.bitrate, Math.max(below.bitrate, between));
}

/** The cap of a picture below the ladder's smallest rung, from the number of its pixels. */
export function capBelow(picture: Size, smallest: PresetRung): number {
  const pixels = (picture.width * picture.height) / (smallest.shortSide ** 2 * WIDESCREEN);
  return Math.max(LEAST, Math.round((smallest.bitrate * pixels ** PIXEL_EXPONENT) / 10_000) * 10_000);
}

/**
 * A ladder's figures are for 16:9. Other usual shapes keep them; a picture with more than twice the pixels of its 16:9
 * rung (a panorama, a scrolling page) gets more. `aspect`: long side ÷ short side.
 */
export function capForShape(bitrate: number, aspect: number): number {
  const pixels = aspect / WIDESCREEN;
  return pixels <= 2 ? bitrate : roundBitrate(bitrate * pixels ** PIXEL_EXPONENT);
}

function roundBitrate(bitrate: number): number {
  const step = bitrate < 2_000_000 ? 50_000 : 100_000;
  return Math.round(bitrate / step) * step;
}
