import type { Orientation, Size, Warning } from '../../model/media.js';
import { multiply, parseRational, rational, toNumber, type Rational } from '../../model/rational.js';

/**
 * Lines of the vertical blanking at the top of IMX (D-10) pictures, which are stored with it: 720×608 holds the 576 lines
 * of 625-line television, 720×512 the 486 of 525-line television (SMPTE 356M, 386M). 0 for all other pictures.
 */
export function hiddenLinesOf(codec: string, { width, height }: Size): number {
  if (codec !== 'mpeg2video' || width !== 720) return 0;
  return { 608: 32, 512: 26 }[height] ?? 0;
}

const TELEVISION = [rational(4, 3), rational(16, 9)] as const;
/** Stated for all lines or for those shown, in television's habit of counting 702 or 720 columns: within this factor. */
const NEAR_SHAPE = 1.13;

/** Pixels of a picture of which the first lines are hidden: television's shape is meant for these. */
export function aspectOfShown(coded: Size, hiddenLines: number, stated: Rational): Rational {
  if (hiddenLines === 0) return stated;
  const shape = (coded.width * stated.num) / (coded.height * stated.den);
  const meant = TELEVISION.find((one) => Math.abs(Math.log(shape / toNumber(one))) < Math.log(NEAR_SHAPE));
  const lines = coded.height - hiddenLines;
  return meant ? multiply(meant, rational(lines, coded.width)) : stated;
}

const SQUARE = rational(1);
const WIDEST = 10;

/**
 * Sample aspect as the file says it; 1:1 where it says nothing or "0:1". One beyond 10:1 is a broken header: taken
 * for 1:1, with a warning.
 */
export function readSampleAspect(text: string | null): { sampleAspect: Rational; warning: Warning | null } {
  const stated = text === null ? null : parseRational(text);
  if (stated === null || stated.num <= 0 || stated.den <= 0) return { sampleAspect: SQUARE, warning: null };
  const ratio = toNumber(stated);
  if (ratio <= WIDEST && ratio >= 1 / WIDEST) return { sampleAspect: stated, warning: null };
  const message = `the header's pixel aspect ${stated.num}:${stated.den} cannot be right; square pixels are assumed`;
  return { sampleAspect: SQUARE, warning: { code: 'odd-sample-aspect', message } };
}

/**
 * The picture as it is meant to be seen: square pixels, then turned. The width takes the change, as it does in
 * video practice (720×480 at 8:9 is 640×480): lines are kept, and none are invented. Whole pixels, at least 1.
 */
export function displaySize(coded: Size, sampleAspect: Rational, orientation: Orientation, hiddenLines = 0): Size {
  const lines = coded.height - hiddenLines;
  const width = Math.max(1, Math.round((coded.width * sampleAspect.num) / sampleAspect.den));
  const turned = orientation.clockwise % 180 !== 0;
  return turned ? { width: lines, height: width } : { width, height: lines };
}
