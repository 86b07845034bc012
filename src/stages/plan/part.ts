import { MediactlError } from '../../errors.js';
import type { Timeline } from '../../model/plan.js';
import { divide, rational, toNumber, type Rational } from '../../model/rational.js';
import { toMicroseconds } from '../../model/seconds.js';
import type { PlanNotes } from './notes.js';

/** Of a title without video parts are cut at whole samples of this many a second. */
const SAMPLE_RATE = rational(48_000);
/** Lengths in headers are rounded: an end that is not further beyond them is no mistake. Seconds. */
const ROUNDING = 0.05;

/** Seconds from the start of the whole title; null: from its start, to its end. */
export interface WantedPart {
  readonly start: number | null;
  readonly end: number | null;
}

/**
 * Cuts the timeline of a whole title down to the part that is wanted: it begins and ends with whole frames of the title (or
 * samples, where there is no video), the nearest to the times asked for, so that each frame of the part is one of the whole
 * title. Throws MediactlError usage when there is nothing there, as far as the length is known.
 */
export function cutPart(whole: Timeline, wanted: WantedPart, frameRate: Rational | null, notes: PlanNotes): Timeline {
  if ((wanted.start ?? 0) === 0 && wanted.end === null) return whole;
  const unit = frameRate ?? SAMPLE_RATE;
  const rate = toNumber(unit);
  const total = whole.expectedSeconds === null ? null : Math.round(whole.expectedSeconds * rate);
  const first = Math.round((wanted.start ?? 0) * rate);
  const last = wanted.end === null ? null : Math.round(wanted.end * rate);
  const seconds = (count: number): number => toMicroseconds(count / rate);
  checkPart(wanted, first, last, total, rate);

  const pictureEnd = whole.expectedSeconds === null ? Infinity : whole.expectedSeconds - whole.holdLastFrameSeconds;
  if (frameRate !== null && first > 0 && first >= Math.ceil(pictureEnd * rate - 1e-3)) {
    throw wrong(`--start ${show(wanted.start)} is after the last frame`, `it is at ${show(pictureEnd)}`);
  }
  const length = last === null ? null : divide(rational(last - first), unit);
  const expected = total === null ? null : Math.min(last ?? total, total) - first;
  const held = last === null ? whole.holdLastFrameSeconds : Math.max(0, seconds(last) - pictureEnd);
  notes.decide(
    'part',
    `${show(seconds(first))} to ${last === null ? 'the end' : show(seconds(last))}`,
    `set with ${flags(wanted)}, in ${frameRate ? 'whole frames' : 'whole samples'}`,
  );
  return {
    ...whole,
    // A sum in doubles has more digits than it knows.
    originSeconds: Number((whole.originSeconds + first / rate).toFixed(9)),
    expectedSeconds: expected === null ? null : seconds(expected),
    expectedFrames: frameRate === null || expected === null ? null : expected,
    holdLastFrameSeconds: toMicroseconds(Math.min(whole.holdLastFrameSeconds, held)),
    part: { startSeconds: first / rate, length },
  };
}

function checkPart(
  { start, end }: WantedPart,
  first: number,
  last: number | null,
  total: number | null,
  rate: number,
): void {
  if (last !== null && last <= first) {
    const nothing =
      start === null ? `--end ${show(end)} leaves nothing` : `--start ${show(start)} is not before --end ${show(end)}`;
    throw wrong(nothing, 'the part would contain no frame');
  }
  if (total === null) return;
  const length = `the title is ${show(total / rate)} long`;
  if (first >= total) throw wrong(`--start ${show(start)} is beyond the end`, length);
  if (last !== null && last > total + Math.max(1, ROUNDING * rate)) {
    throw wrong(`--end ${show(end)} is beyond the end`, length);
  }
}

function wrong(message: string, reason: string): MediactlError {
  return new MediactlError('usage', message, {
    reason,
    hint: 'times are seconds, or h:mm:ss.fff, from the start of the title; "mediactl probe" shows its length',
  });
}

function flags({ start, end }: WantedPart): string {
  return [start === null ? null : '--start', end === null ? null : '--end']
    .filter((flag) => flag !== null)
    .join(' and ');
}

/** "83.5" → "1:23.5". */
function show(seconds: number | null): string {
  const whole = Math.round((seconds ?? 0) * 1000);
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  const rest = Number(((whole % 60_000) / 1000).toFixed(3));
  const padded = rest < 10 ? `0${rest}` : String(rest);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}
