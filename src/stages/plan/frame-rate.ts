import type { VideoTrack } from '../../model/media.js';
import {
  approximate,
  compare,
  divide,
  formatRational,
  rational,
  toNumber,
  type Rational,
} from '../../model/rational.js';
import type { PlanNotes } from './notes.js';

/**
 * One constant output rate, exact: the source's own where it is constant, a standard one near the average where it
 * varies, and never above `maxFrameRate` or below 1 (RULES: natural rate kept, Apple HLS authoring 1.18 and 1.19).
 */
export function planFrameRate(track: VideoTrack, maxFrameRate: number, notes: PlanNotes): Rational {
  const { rate, reason } = chooseFrameRate(track, maxFrameRate, notes);
  notes.decide('frame rate', `${formatRational(rate)} fps`, reason);
  return rate;
}

/** Within this of a standard rate it is that rate: 2397/100 is 24000/1001, but 24 (1e-3 away) is not. */
const SAME_RATE = 3e-4;
/**
 * r_frame_rate above the average by more than this is not the pace of the pictures: 600 or 90000 are clocks, twice the
 * average is fields, and 5:4 is film with pull-down flags.
 */
const LARGEST_RATIO = 1.24;
/** A little less than 1: r_frame_rate is the finest pace, so clearly below the average it was guessed wrongly. */
const SMALLEST_RATIO = 0.95;
/** No camera or screen is faster than this by its header and slower in truth: such a figure is a clock. */
const FASTEST = 300;
/** Up to this much above the limit, dropping a rare picture is better than dropping every other one. */
const NEARLY = 61 / 60;
const FALLBACK = rational(25);

const STANDARD: readonly Rational[] = [
  ...[1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 100, 120].map((rate) => rational(rate)),
  ...[15, 25].map((rate) => rational(rate, 2)),
  ...[15000, 24000, 30000, 48000, 60000, 120000].map((num) => rational(num, 1001)),
].toSorted(compare);

function chooseFrameRate(track: VideoTrack, limit: number, notes: PlanNotes): { rate: Rational; reason: string } {
  const real = plausible(track.realFrameRate);
  const average = plausible(track.averageFrameRate) ?? plausible(countedRate(track));
  if (average === null) {
    if (real !== null) return constant(real, limit, `the header says ${show(real)}, and no average to doubt it`);
    const stated = [track.realFrameRate, track.averageFrameRate].find((rate) => rate !== null && rate.num > 0);
    const why = stated ? `the header's ${show(stated)} is no picture rate` : 'the file does not say its frame rate';
    notes.warn('frame-rate-unknown', `${why}; ${formatRational(FALLBACK)} fps is assumed`);
    return constant(FALLBACK, limit, why);
  }
  const ratio = real === null ? Infinity : toNumber(real) / toNumber(average);
  if (real !== null && ratio >= SMALLEST_RATIO && ratio <= LARGEST_RATIO) {
    const close = Math.abs(ratio - 1) < 5e-3;
    return constant(
      real,
      limit,
      `the header says ${show(real)}${close ? ', and the average agrees' : `; on average it is ${show(average)}`}`,
    );
  }
  if (real !== null && track.scan.kind === 'interlaced' && Math.abs(ratio - 2) < 0.04) {
    return constant(average, limit, `one picture for every two fields: ${show(real)} fields a second`);
  }
  return variable(average, limit, track.realFrameRate);
}

function constant(source: Rational, limit: number, why: string): { rate: Rational; reason: string } {
  const rate = toNumber(source);
  if (rate < 1 - SAME_RATE)
    return { rate: rational(1), reason: `${why}; pictures are repeated up to the least rate, 1` };
  if (rate <= limit * (1 + SAME_RATE)) return { rate: nearestRate(source), reason: why };
  if (rate <= limit * NEARLY)
    return { rate: fastestUpTo(limit), reason: `${why}; a rare picture is dropped to stay within ${limit}` };
  const divisor = Math.ceil(rate / (limit * (1 + SAME_RATE)));
  return {
    rate: nearestRate(divide(source, rational(divisor))),
    reason: `${why}; one picture in ${divisor}, to stay within ${limit}`,
  };
}

/** The nearest standard rate within 1 %, else the next whole one up: a picture shown late is better than one not shown. */
function variable(average: Rational, limit: number, real: Rational | null): { rate: Rational; reason: string } {
  const rate = toNumber(average);
  const clock = real === null || real.num <= 0 ? '' : ` (its ${formatRational(real)} is a clock, not a rate)`;
  const why = `the rate varies, ${show(average)} on average${clock}`;
  const allowed = STANDARD.filter((standard) => toNumber(standard) <= limit * (1 + SAME_RATE));
  const near = allowed
    .filter((standard) => Math.abs(toNumber(standard) / rate - 1) <= 0.01)
    .toSorted((a, b) => Math.abs(toNumber(a) - rate) - Math.abs(toNumber(b) - rate))[0];
  const next = allowed.find((standard) => standard.den === 1 && standard.num >= rate);
  const chosen = near ?? next ?? fastestUpTo(limit);
  return { rate: chosen, reason: near ? why : `${why}; the next standard rate that shows every picture` };
}

/** A standard rate where it is one, itself where it is a simple fraction, else the nearest simple fraction. */
function nearestRate(rate: Rational): Rational {
  // Standard rates are 1e-3 apart at the least, so at most one is this near.
  const standard = STANDARD.find((candidate) => Math.abs(toNumber(candidate) / toNumber(rate) - 1) <= SAME_RATE);
  if (standard) return standard;
  return rate.den <= 1001 && rate.num <= 120_000 ? rate : approximate(toNumber(rate), 1001);
}

function fastestUpTo(limit: number): Rational {
  return STANDARD.findLast((standard) => toNumber(standard) <= limit * (1 + SAME_RATE)) ?? rational(1);
}

function countedRate({ frames, durationSeconds }: VideoTrack): Rational | null {
  return frames !== null && frames > 1 && durationSeconds !== null && durationSeconds > 0
    ? approximate(frames / durationSeconds, 1001)
    : null;
}

function plausible(rate: Rational | null): Rational | null {
  return rate !== null && rate.num > 0 && toNumber(rate) <= FASTEST ? rate : null;
}

function show(rate: Rational): string {
  const exact = formatRational(rate);
  return /^\d+(\/1001)?$/.test(exact) ? exact : String(Number(toNumber(rate).toFixed(3)));
}
