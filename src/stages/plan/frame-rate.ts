import { isSteady, plausibleRate, STANDARD_RATES } from '../../model/frame-rates.js';
import type { PictureTimes, VideoTrack } from '../../model/media.js';
import { approximate, divide, formatRational, rational, toNumber, type Rational } from '../../model/rational.js';
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
/** Up to this factor above the limit, an occasional picture is dropped rather than every other one. */
const NEARLY = 61 / 60;
const FALLBACK = rational(25);

interface Decided {
  readonly rate: Rational;
  readonly reason: string;
}

function chooseFrameRate(track: VideoTrack, limit: number, notes: PlanNotes): Decided {
  const real = plausibleRate(track.realFrameRate);
  const average = plausibleRate(track.averageFrameRate) ?? plausibleRate(countedRate(track));
  if (average === null) {
    if (real !== null)
      return constant(real, limit, `the header says ${show(real)}; there is no average to compare it with`);
    const stated = [track.realFrameRate, track.averageFrameRate].find((rate) => rate !== null && rate.num > 0);
    const why = stated ? `the header's ${show(stated)} is not a frame rate` : 'the file does not say its frame rate';
    notes.warn('frame-rate-unknown', `${why}; ${formatRational(FALLBACK)} fps is assumed`);
    return constant(FALLBACK, limit, why);
  }
  const film = filmRate(track, average, limit);
  if (film) return film;
  const ratio = real === null ? Infinity : toNumber(real) / toNumber(average);
  if (real !== null && isSteady(real, average) && !comesFaster(track.times, real)) {
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
  return variable(average, limit, track, notes);
}

const TELEVISION: readonly Rational[] = [rational(30000, 1001), rational(30), rational(60000, 1001), rational(60)];

/**
 * Film that flags pull down to television's rate (soft telecine) has the rate of its pictures: 24000/1001 for 30000/1001.
 * Null where there is none of it. Where only a part is film, television's rate shows every picture.
 */
function filmRate({ flags, scan }: VideoTrack, average: Rational, limit: number): Decided | null {
  if (flags === null || scan.kind !== 'progressive' || flags.pulledDown === 'no') return null;
  if (flags.pulledDown === 'throughout') {
    const isRound = [24, 30, 60].some((rate) => isSame(average, rational(rate)));
    const film = isRound ? rational(24) : rational(24000, 1001);
    return constant(film, limit, 'film: flags pull it down to the rate of television (soft telecine)');
  }
  const television = TELEVISION.find((rate) => toNumber(rate) >= toNumber(average) * (1 - SAME_RATE));
  if (television === undefined) return null;
  return constant(television, limit, 'flags pull a part of it down from film; the rest needs the rate of television');
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

/**
 * The nearest standard rate within 1 % of the average, else the next whole rate up; a higher one where the times of the
 * pictures say that these would not all be shown.
 */
function variable(average: Rational, limit: number, track: VideoTrack, notes: PlanNotes): Decided {
  const rate = toNumber(average);
  const real = track.realFrameRate;
  const clock =
    real === null || plausibleRate(real) !== null ? '' : ` (its ${formatRational(real)} is a clock, not a rate)`;
  const why = `the rate varies, ${show(average)} on average${clock}`;
  const allowed = STANDARD_RATES.filter((standard) => toNumber(standard) <= limit * (1 + SAME_RATE));
  const near = allowed
    .filter((standard) => Math.abs(toNumber(standard) / rate - 1) <= 0.01)
    .toSorted((a, b) => Math.abs(toNumber(a) - rate) - Math.abs(toNumber(b) - rate))[0];
  const next = allowed.find((standard) => standard.den === 1 && standard.num >= rate);
  const chosen = near ?? next ?? fastestUpTo(limit);
  if (track.times) return byTimes(track.times, { least: chosen, real, limit }, why, notes);
  return {
    rate: chosen,
    reason: near ? why : `${why}; the next standard rate above that; frames that come faster are partly dropped`,
  };
}

/** Of pictures whose times only shake a little so many may come within one frame of another: that is no burst. */
const FEW_LOST_SHARE = 0.005;
const FEW_LOST = 2;

/** Whether pictures come faster than this rate and the next standard one: it is an average that a header has as a rate. */
function comesFaster(times: PictureTimes | null, rate: Rational): boolean {
  const next = times?.lost.find((one) => toNumber(one.rate) >= toNumber(rate) * (1 - SAME_RATE));
  return times !== null && next !== undefined && next.pictures > fewOf(times.pictures);
}

function fewOf(pictures: number): number {
  return Math.max(FEW_LOST, FEW_LOST_SHARE * pictures);
}

/** Rates that differ by no more are chosen among by what is lost, then by the header. */
const ALIKE = 0.01;

/** The lowest rate from `least` on that shows the pictures, each; else that of the limit that shows most, with a warning. */
function byTimes(
  { pictures, lost }: PictureTimes,
  { least, real, limit }: { readonly least: Rational; readonly real: Rational | null; readonly limit: number },
  why: string,
  notes: PlanNotes,
): Decided {
  const from = toNumber(least) * (1 - SAME_RATE);
  const allowed = lost.filter(({ rate }) => toNumber(rate) >= from && toNumber(rate) <= limit * (1 + SAME_RATE));
  const few = fewOf(pictures);
  const enough = allowed.find((one) => one.pictures <= few);
  const lowest = enough ?? allowed.toSorted((a, b) => a.pictures - b.pictures)[0];
  if (!lowest) return { rate: least, reason: why };
  const fromReal = (rate: Rational): number => (real === null ? 0 : Math.abs(toNumber(rate) - toNumber(real)));
  // 60000/1001 loses few of 60 a second, and 60 none.
  const alike = isSame(lowest.rate, least)
    ? []
    : allowed.filter(({ rate }) => Math.abs(toNumber(rate) / toNumber(lowest.rate) - 1) < ALIKE);
  const best = alike.toSorted((a, b) => a.pictures - b.pictures || fromReal(a.rate) - fromReal(b.rate))[0] ?? lowest;
  if (!enough) {
    const message = `${best.pictures} of ${pictures} frames come faster than ${formatRational(best.rate)} a second, the highest rate made of them, and are dropped`;
    notes.warn('pictures-dropped', message, best.pictures);
  }
  const shown = best.pictures === 0 ? 'every frame is shown' : `${best.pictures} of ${pictures} frames are dropped`;
  return { rate: best.rate, reason: `${why}${isSame(best.rate, least) ? ';' : ', and faster in parts:'} ${shown}` };
}

function isSame(a: Rational, b: Rational): boolean {
  return Math.abs(toNumber(a) / toNumber(b) - 1) <= SAME_RATE;
}

/** The standard rate that it stands for, else itself where it is a simple fraction, else the nearest simple fraction. */
function nearestRate(rate: Rational): Rational {
  // Standard rates are 1e-3 apart at the least, so at most one is this near.
  const standard = STANDARD_RATES.find((candidate) => Math.abs(toNumber(candidate) / toNumber(rate) - 1) <= SAME_RATE);
  if (standard) return standard;
  return rate.den <= 1001 && rate.num <= 120_000 ? rate : approximate(toNumber(rate), 1001);
}

function fastestUpTo(limit: number): Rational {
  return STANDARD_RATES.findLast((standard) => toNumber(standard) <= limit * (1 + SAME_RATE)) ?? rational(1);
}

function countedRate({ frames, durationSeconds }: VideoTrack): Rational | null {
  return frames !== null && frames > 1 && durationSeconds !== null && durationSeconds > 0
    ? approximate(frames / durationSeconds, 1001)
    : null;
}

function show(rate: Rational): string {
  const exact = formatRational(rate);
  return /^\d+(\/1001)?$/.test(exact) ? exact : String(Number(toNumber(rate).toFixed(3)));
}
