/** What a track's frames may be, which may change in mid-stream. */
export const FORM_PARTS = ['size', 'pixel-shape', 'pixel-format', 'frame-rate', 'channels', 'sample-rate'] as const;
export type FormPart = (typeof FORM_PARTS)[number];

/** What is known of frames: "1280x720", "1:1" (width to height of a pixel), "yuv420p", "25", "5.1(side)", "48000". */
export type Form = Readonly<Partial<Record<FormPart, string>>>;

/** One thing that is another from here on. */
export interface FormChange {
  readonly what: FormPart;
  /** Seconds on the title's timeline: of the first frame that was seen to differ. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

/** How the frames of a stretch of the title are made up. */
export interface Forms {
  readonly begins: Form;
  readonly ends: Form;
  readonly count: number;
  /** At most `MOST_CHANGES`. */
  readonly first: readonly FormChange[];
}

/** Changes that are kept one by one: a call may change its size every second. */
export const MOST_CHANGES = 20;

export const NO_FORMS: Forms = { begins: {}, ends: {}, count: 0, first: [] };

/** Rates are measured, and times rounded: what differs by less is one rate. */
const SAME_RATE = 0.03;

/** What of `to` is another than in `from`, as far as both say it. */
export function changesBetween(from: Form, to: Form, at: number): FormChange[] {
  return FORM_PARTS.flatMap((what) => {
    const [before, after] = [from[what], to[what]];
    if (before === undefined || after === undefined || isSame(what, before, after)) return [];
    return [{ what, at, from: before, to: after }];
  });
}

function isSame(what: FormPart, before: string, after: string): boolean {
  if (what !== 'frame-rate') return before === after;
  return Math.abs(Number(after) / Number(before) - 1) <= SAME_RATE;
}

/** Two stretches, the second right after the first; `at`: where it begins, seconds. */
export function joinForms(a: Forms, b: Forms, at: number): Forms {
  const between = changesBetween(a.ends, b.begins, at);
  return {
    begins: { ...b.begins, ...a.begins },
    ends: { ...a.ends, ...b.ends },
    count: a.count + between.length + b.count,
    first: [...a.first, ...between, ...b.first].slice(0, MOST_CHANGES),
  };
}

export interface FormMeter {
  /** From `at` (seconds) on frames are so, or this much is known of them. */
  add(at: number, form: Form): void;
  total(): Forms;
}

/** Follows the forms of a stretch from `first` up to `end`, seconds. What is told before it holds at its beginning. */
export function formMeter(first: number, end: number): FormMeter {
  let forms = NO_FORMS;
  return {
    add(at, form) {
      if (at >= end) return;
      const begins = at < first ? { ...forms.begins, ...form } : form;
      forms =
        at < first
          ? { begins, ends: begins, count: 0, first: [] }
          : joinForms(forms, { ...NO_FORMS, begins, ends: form }, at);
    },
    total: () => forms,
  };
}

/** Of forms that reach further, those up to `end` (seconds), as far as changes are known one by one. */
export function formsBefore(forms: Forms, end: number): Forms {
  const first = forms.first.filter(({ at }) => at < end);
  if (first.length === forms.first.length) return forms;
  const ends = forms.first.slice(first.length).toReversed();
  const back = Object.fromEntries(ends.map(({ what, from }) => [what, from]));
  return { ...forms, ends: { ...forms.ends, ...back }, count: first.length, first };
}

/** Of one stretch, what is told by two that know different things of its frames. */
export function mergeForms(a: Forms, b: Forms): Forms {
  return {
    begins: { ...a.begins, ...b.begins },
    ends: { ...a.ends, ...b.ends },
    count: a.count + b.count,
    first: [...a.first, ...b.first].toSorted((one, other) => one.at - other.at).slice(0, MOST_CHANGES),
  };
}
