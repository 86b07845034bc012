import {
  NO_PLACES,
  pictureGap,
  soundStep,
  withPlace,
  type PicturesRead,
  type Places,
  type SoundRead,
  type TrackRead,
} from './account.js';
import { rateMeter } from './rate-meter.js';
import { formMeter, mergeForms, type Form, type FormMeter } from './track-forms.js';

/** Adds up what is read of one stretch of the title, whatever is read before and after it. */
export interface Meter<Item> {
  add(item: Item): void;
  total(): TrackRead;
}

/** And of how the frames are made up. */
export interface TrackMeter<Item> extends Meter<Item> {
  /** From this time on (seconds of the title) frames are so. */
  form(at: number, form: Form): void;
}

// Times come in whole microseconds: half a frame is half a frame though it was rounded down.
const ROUNDING = 1e-4;

/**
 * Pictures, by their times on the title's timeline, µs. `rate`: of the title, frames a second. `first`, `end`: the frames of
 * the title that are the stretch. Of the pictures before the title's 0 the last belongs to frame 0, where that has no other.
 */
export function pictureMeter(rate: number, first: number, end: number): TrackMeter<number> {
  let [frames, shown, uneven, backwards] = [0, 0, 0, 0];
  let gaps: Places = NO_PLACES;
  let from: number | null = null;
  let last: number | null = null;
  let lastTime = -Infinity;
  let isEarly = false;
  const forms = formsWithin(first, end, rate);
  const pace = rateMeter();
  // Times and forms come on different ways: which of them is told first is chance.
  const rates = formsWithin(first, end, rate);
  const show = (frame: number): void => {
    frames++;
    shown++;
    from = last = frame;
  };
  return {
    form: (at, form) => forms.add(at, form),
    add(time) {
      const steady = pace.add(time);
      if (steady) rates.add(steady.at, { 'frame-rate': steady.rate });
      const frame = Math.floor((time / 1e6) * rate + 0.5 + ROUNDING);
      if (frame < 0 && first === 0) isEarly = true;
      if (frame < first || frame >= end) return;
      if (isEarly && frame > 0 && last === null) show(0);
      frames++;
      if (time < lastTime) backwards++;
      lastTime = Math.max(time, lastTime);
      if (last !== null && frame <= last) return;
      shown++;
      if (last !== null && frame - last > 1) {
        uneven++;
        const gap = pictureGap(last, frame, rate);
        if (gap) gaps = withPlace(gaps, gap);
      }
      from ??= frame;
      last = frame;
    },
    total(): PicturesRead {
      if (isEarly && last === null) show(0);
      const all = mergeForms(forms.total(), rates.total());
      return { kind: 'video', rate, frames, shown, first: from, last, uneven, gaps, backwards, forms: all };
    },
  };
}

/** A run of samples, from the title's 0. */
export interface SoundRun {
  readonly start: number;
  readonly samples: number;
}

/** Sound, by its runs in the order in which they come. `rate`: samples a second. `first`, `end`: the samples of the stretch. */
export function soundMeter(rate: number, first: number, end: number): TrackMeter<SoundRun> {
  let samples = 0;
  let [gaps, overlaps] = [NO_PLACES, NO_PLACES];
  let from: number | null = null;
  let due: number | null = null;
  const forms = formsWithin(first, end, rate);
  return {
    form: (at, form) => forms.add(at, form),
    add(run) {
      const start = Math.max(first, run.start);
      const stop = Math.min(end, run.start + run.samples);
      if (stop <= start) return;
      samples += stop - start;
      const step = due === null ? null : soundStep(due, start, rate);
      if (step?.kind === 'gap') gaps = withPlace(gaps, step.place);
      if (step?.kind === 'overlap') overlaps = withPlace(overlaps, step.place);
      from ??= start;
      due = Math.max(stop, due ?? stop);
    },
    total(): SoundRead {
      return { kind: 'audio', rate, samples, first: from, end: due, gaps, overlaps, forms: forms.total() };
    },
  };
}

/** Half a unit early: times are rounded. */
function formsWithin(first: number, end: number, rate: number): FormMeter {
  return formMeter((first - 0.5) / rate, (end - 0.5) / rate);
}
