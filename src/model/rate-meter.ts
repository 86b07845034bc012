import { plausibleRate, STANDARD_RATES } from './frame-rates.js';
import { toNumber } from './rational.js';

/** Steps from one picture to the next that are looked at together. */
const STEPS = 24;
/** Times in milliseconds: even steps differ by as much. µs. */
const EVEN = 2100;
/** How near a measured rate is to the one that is meant. */
const NEAR = 0.012;

export interface RateMeter {
  /** The time of a picture, µs. Gives the rate with which pictures have come since `at` (seconds), where they come evenly. */
  add(time: number): { readonly at: number; readonly rate: string } | null;
}

/** Measures how many pictures a second come, by their times, where one comes as long after the other as the next. */
export function rateMeter(): RateMeter {
  let start: number | null = null;
  let last = 0;
  let [steps, shortest, longest] = [0, Infinity, 0];
  const begin = (time: number): null => {
    [start, last, steps, shortest, longest] = [time, time, 0, Infinity, 0];
    return null;
  };
  return {
    add(time) {
      if (start === null) return begin(time);
      const step = time - last;
      [shortest, longest] = [Math.min(shortest, step), Math.max(longest, step)];
      // Where steps change, the next ones are looked at from there.
      if (step <= 0 || longest - shortest > EVEN) return begin(time);
      last = time;
      steps += 1;
      if (steps < STEPS) return null;
      const found = { at: start / 1e6, rate: told((1e6 * steps) / (time - start)) };
      begin(time);
      return found;
    },
  };
}

function told(rate: number): string {
  const near = STANDARD_RATES.filter((one) => plausibleRate(one) !== null)
    .map(toNumber)
    .toSorted((a, b) => Math.abs(a - rate) - Math.abs(b - rate))
    .find((one) => Math.abs(one / rate - 1) < NEAR);
  return String(Number((near ?? rate).toFixed(near === undefined ? 1 : 3)));
}
