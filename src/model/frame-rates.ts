import { compare, rational, toNumber, type Rational } from './rational.js';

/** Rates that a title may have where the source's own does not decide, ascending. */
export const STANDARD_RATES: readonly Rational[] = [
  ...[1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 100, 120].map((rate) => rational(rate)),
  ...[15, 25].map((rate) => rational(rate, 2)),
  ...[15000, 24000, 30000, 48000, 60000, 120000].map((num) => rational(num, 1001)),
].toSorted(compare);

/** A stated rate above this is a clock's, not a camera's or a screen's. */
const FASTEST = 300;
/**
 * When r_frame_rate exceeds the average by more than this factor, it is not the rate of the pictures: 600 and 90000 are
 * clocks, twice the average counts fields, and 5:4 is film with pull-down flags.
 */
const LARGEST_RATIO = 1.24;
/** r_frame_rate cannot be below the average: where it is by more than this factor, FFmpeg guessed it wrongly. */
const SMALLEST_RATIO = 0.95;

/** A rate that pictures may have; else null. */
export function plausibleRate(rate: Rational | null): Rational | null {
  return rate !== null && rate.num > 0 && toNumber(rate) <= FASTEST ? rate : null;
}

/** FFmpeg's r_frame_rate and its average mean one constant rate. */
export function isSteady(real: Rational, average: Rational): boolean {
  const ratio = toNumber(real) / toNumber(average);
  return ratio >= SMALLEST_RATIO && ratio <= LARGEST_RATIO;
}
