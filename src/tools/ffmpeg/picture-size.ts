import type { Size } from '../../model/media.js';
import type { PicturePlan } from '../../model/plan.js';
import type { Rational } from '../../model/rational.js';

// Without the last two, swscale's pixels depend on the processor and on how many threads share a picture.
export const SCALE_FLAGS = 'bicubic+accurate_rnd+bitexact';

/**
 * Arguments before -i: when a picture comes in another size or pixel format than the one before it, the filters go on.
 * FFmpeg would else make all of them anew, and those that count pictures or hold one would begin again.
 */
export const KEEP_FILTERS = ['-reinit_filter:v', '0'] as const;

/**
 * Brings every picture to the one size that filters without a sense for change are made for. Passes pictures of that
 * size untouched; one of another shape is stretched, and carries the shape it should have (its sample aspect) along.
 */
export function oneSizeFilter({ codedSize: { width, height }, weave }: PicturePlan): string {
  if (weave) return `scale=${width}:${height / 2}:flags=${SCALE_FLAGS}`;
  // Fields of an interlaced picture are scaled apart.
  return `scale=${width}:${height}:interl=-1:flags=${SCALE_FLAGS}`;
}

/** Shapes that differ by less are taken for the same: 1920×1088 for 1920×1080, 704 of 720 columns. */
const SAME_SHAPE = 0.03;

/**
 * Width and height, for a scale filter, of a picture in a frame of `size`: all of it when the picture has the shape
 * `planned` (width to height, as seen), else as much as keeps its shape. In scale's own expressions, looked at for each
 * picture. A sample aspect that cannot be right counts as 1:1, as in stages/probe.
 */
export function sizeOptions({ width, height }: Size, planned: Rational): string {
  const ratio = `st(0,iw/ih*if(between(sar,0.1,10),sar,1)*${planned.den}/${planned.num})`;
  const fit = (whole: number, share: string): string =>
    `'${ratio};if(lt(abs(ld(0)-1),${SAME_SHAPE}),${whole},max(2,2*round(${whole / 2}*min(1,${share}))))'`;
  return `w=${fit(width, 'ld(0)')}:h=${fit(height, '1/ld(0)')}:eval=frame`;
}

/** Puts pictures that do not fill the frame into its middle, on black. Costs nothing where they do. */
export function boxFilter({ width, height }: Size): string {
  return `pad=${width}:${height}:-1:-1:eval=frame`;
}
