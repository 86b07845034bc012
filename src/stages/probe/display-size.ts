import type { Orientation, Size, Warning } from '../../model/media.js';
import { parseRational, rational, toNumber, type Rational } from '../../model/rational.js';

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
  const message = `the header's pixel shape ${stated.num}:${stated.den} cannot be right; square pixels are assumed`;
  return { sampleAspect: SQUARE, warning: { code: 'odd-sample-aspect', message } };
}

/**
 * The picture as it is meant to be seen: square pixels, then turned. The width takes the change, as it does in
 * video practice (720×480 at 8:9 is 640×480): lines are kept, and none are invented. Whole pixels, at least 1.
 */
export function displaySize(coded: Size, sampleAspect: Rational, orientation: Orientation): Size {
  const width = Math.max(1, Math.round((coded.width * sampleAspect.num) / sampleAspect.den));
  const turned = orientation.clockwise % 180 !== 0;
  return turned ? { width: coded.height, height: width } : { width, height: coded.height };
}
