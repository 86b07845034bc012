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
 * Decides the one constant output rate, an exact fraction: the source's own where it is constant, a standard rate near the
 * average where it varies, never above `maxFrameRate` or below 1 (Apple HLS authoring 1.18: keep the natural rate; 1.19).
 */
export function planFrameRate(track: VideoTrack, maxFrameRate: number, notes: PlanNotes): Rational {
  const { rate, reason } = chooseFrameRate(track, maxFrameRate, notes);
  notes.decide('frame rate', `${formatRational(rate)} fps`, reason);
  return rate;
}

/** A rate this near to a standard one is taken for it: 2397/100 for 24000/1001, which 24 (1e-3 away) is not. */
const SAME_RATE = 3e-4;
/**
 * When r_frame_rate exceeds the average by more than this factor, it is not the rate of the pictures: 600 and 90000 are
 * clocks, twice the average counts fields, and 5:4 is film with pull-down flags.
 */
const LARGEST_RATIO = 1.24;
/** r_frame_rate cannot be below the average: where it is by more than this factor, FFmpeg guessed it wrongly. */
const SMALLEST_RATIO = 0.95;
/** A stated rate above this is a clock's, not a camera's or a screen's. */
const FASTEST = 300;
/** Up to this factor above the limit, an occasional picture is dropped rather than every other one. */
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
    if (real !== null)
      return constant(real, limit, `the header says ${show(real)}; there is no average to compare it with`);
    const stated = [track.realFrameRate, track.averageFrameRate].find((rate) => rate !== null && rate.num > 0);
    const why = stated ? `the header's ${show(stated)} is not a frame rate` : 'the file does not say its frame rate';
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
    return constant(average, limit, `one frame for every two fields: ${show(real)} fields a second`);
  }
  return variable(average, limit, track.realFrameRate);
}

function constant(source: Rational, limit: number, why: string): { rate: Rational; reason: string } {
  const rate = toNumber(source);
  if (rate < 1 - SAME_RATE)
    return { rate: rational(1), reason: `${why}; frames are repeated to reach the lowest rate, 1` };
  if (rate <= limit * (1 + SAME_RATE)) return { rate: nearestRate(source), reason: why };
  if (rate <= limit * NEARLY)
    return { rate: fastestUpTo(limit), reason: `${why}; a frame is dropped now and then to stay within ${limit}` };
  const divisor = Math.ceil(rate / (limit * (1 + SAME_RATE)));
  return {
    rate: nearestRate(divide(source, rational(divisor))),
    reason: `${why}; one frame in ${divisor} is kept, to stay within ${limit}`,
  };
}

/** The nearest standard rate within 1 %, else the next whole rate up: better a picture shown late than one not shown. */
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
  return {
    rate: chosen,
    reason: near ? why : `${why}; the next standard rate above that; frames that come faster are partly dropped`,
  };
}

/** The standard rate that it stands for, else itself where it is a simple fraction, else the nearest simple fraction. */
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
