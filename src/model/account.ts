import { formsBefore, joinForms, type Forms } from './track-forms.js';

/** What is missing or too much somewhere on a track's way, in title time. */
export interface Place {
  /** Seconds on the title's timeline. */
  readonly at: number;
  readonly seconds: number;
}

/** Places in the order of the title: the first of them, how many there are, and their length together. */
export interface Places {
  readonly count: number;
  readonly seconds: number;
  /** The longest of them, seconds. */
  readonly longest: number;
  /** At most `MOST_PLACES`. */
  readonly first: readonly Place[];
}

/** What was read of the pictures of a stretch of the title. Frames count from the title's 0 at its frame rate. */
export interface PicturesRead {
  readonly kind: 'video';
  /** Of the title, frames a second. */
  readonly rate: number;
  readonly frames: number;
  /** Those that the rate conversion shows; the rest share their moment with another. */
  readonly shown: number;
  /** The frame of the title that shows the first and the last of them; null: nothing was read. */
  readonly first: number | null;
  readonly last: number | null;
  /** Steps from one to the next of more than one and a half frames. */
  readonly uneven: number;
  /** Steps of more than a few frames: what they are longer than a frame. */
  readonly gaps: Places;
  /** Times that were before one that had been read. */
  readonly backwards: number;
  readonly forms: Forms;
}

/** What came to the encoder of the sound of a stretch of the title. Samples of the rendition from the title's 0. */
export interface SoundRead {
  readonly kind: 'audio';
  /** Of the rendition, samples a second. */
  readonly rate: number;
  readonly samples: number;
  /** The first, and the one after the last; null: nothing was read. */
  readonly first: number | null;
  readonly end: number | null;
  /** Where silence is put in, and where sound is dropped that is later than its time. */
  readonly gaps: Places;
  readonly overlaps: Places;
  readonly forms: Forms;
}

export type TrackRead = PicturesRead | SoundRead;

/** What was read for a chunk, or of all of the rendition: told with its last chunk, or with each when it is cut up. */
export interface ChunkRead {
  readonly of: 'chunk' | 'rendition';
  /** The frame or sample of the title with which the stretch begins. */
  readonly from: number;
  readonly read: TrackRead;
}

/** Places that are kept of each kind: a title of a day may have a million. */
export const MOST_PLACES = 20;

export const NO_PLACES: Places = { count: 0, seconds: 0, longest: 0, first: [] };

/** `places` and one more after them. */
export function withPlace({ count, seconds, longest, first }: Places, place: Place): Places {
  return {
    count: count + 1,
    seconds: seconds + place.seconds,
    longest: Math.max(longest, place.seconds),
    first: first.length < MOST_PLACES ? [...first, place] : first,
  };
}

/** Shorter steps are unevenness of the source's clock, longer ones may be a hole. Frames, and seconds. */
const GAP_FRAMES = 4;
const GAP_SECONDS = 0.2;

/** Steps of the sound that are no more than rounding of times. Seconds. */
const SOUND_STEP = 0.003;

/** What comes between two pictures `frames` apart, at this rate: null where it is nothing to speak of. */
export function pictureGap(from: number, to: number, rate: number): Place | null {
  const frames = to - from;
  if (frames <= GAP_FRAMES || frames / rate <= GAP_SECONDS) return null;
  return { at: (from + 1) / rate, seconds: (frames - 1) / rate };
}

/** Whether sound that goes on at `to` where it was due at `from` leaves a gap (a positive step) or overlaps. */
export function soundStep(from: number, to: number, rate: number): { kind: 'gap' | 'overlap'; place: Place } | null {
  const seconds = Math.abs(to - from) / rate;
  if (seconds <= SOUND_STEP) return null;
  return { kind: to > from ? 'gap' : 'overlap', place: { at: from / rate, seconds } };
}

/** Two stretches, the second right after the first; null: they are not of one track. */
export function joinReads(a: TrackRead, b: TrackRead): TrackRead | null {
  if (a.kind === 'video' && b.kind === 'video') return joinPictures(a, b);
  if (a.kind === 'audio' && b.kind === 'audio') return joinSound(a, b);
  return null;
}

function joinPictures(a: PicturesRead, b: PicturesRead): PicturesRead {
  const step = a.last === null || b.first === null ? 0 : b.first - a.last;
  const gap = a.last === null || b.first === null ? null : pictureGap(a.last, b.first, a.rate);
  return {
    kind: 'video',
    rate: a.rate,
    frames: a.frames + b.frames,
    shown: a.shown + b.shown,
    first: a.first ?? b.first,
    last: b.last ?? a.last,
    uneven: a.uneven + b.uneven + (step > 1 ? 1 : 0),
    gaps: joinPlaces(gap ? withPlace(a.gaps, gap) : a.gaps, b.gaps),
    backwards: a.backwards + b.backwards,
    forms: joinForms(a.forms, b.forms, (b.first ?? a.last ?? 0) / a.rate),
  };
}

function joinSound(a: SoundRead, b: SoundRead): SoundRead {
  const step = a.end === null || b.first === null ? null : soundStep(a.end, b.first, a.rate);
  return {
    kind: 'audio',
    rate: a.rate,
    samples: a.samples + b.samples,
    first: a.first ?? b.first,
    end: b.end ?? a.end,
    gaps: joinPlaces(step?.kind === 'gap' ? withPlace(a.gaps, step.place) : a.gaps, b.gaps),
    overlaps: joinPlaces(step?.kind === 'overlap' ? withPlace(a.overlaps, step.place) : a.overlaps, b.overlaps),
    forms: joinForms(a.forms, b.forms, (b.first ?? a.end ?? 0) / a.rate),
  };
}

/**
 * What was read of a track up to sample `end` of the title, of which more was read; null: what is after it is not known well
 * enough. Pictures are not cut: none are made again by halves.
 */
export function cutRead(read: TrackRead, end: number): TrackRead | null {
  if (read.kind === 'video' || read.end === null || read.end <= end) return read;
  const { rate, first, gaps, overlaps } = read;
  if (gaps.count > gaps.first.length || overlaps.count > overlaps.first.length) return null;
  const around = gaps.first.find((gap) => gap.at < end / rate && end / rate < gap.at + gap.seconds);
  const stop = around ? Math.round(around.at * rate) : end;
  const before = (places: Places): Places =>
    places.first.filter((place) => Math.round(place.at * rate) < stop).reduce(withPlace, NO_PLACES);
  const [gapsBefore, overlapsBefore] = [before(gaps), before(overlaps)];
  const after = gaps.seconds - gapsBefore.seconds - (overlaps.seconds - overlapsBefore.seconds);
  const isEmpty = first === null || first >= stop;
  return {
    kind: 'audio',
    rate,
    samples: isEmpty ? 0 : read.samples - (read.end - stop) + Math.round(after * rate),
    first: isEmpty ? null : first,
    end: isEmpty ? null : stop,
    gaps: gapsBefore,
    overlaps: overlapsBefore,
    forms: formsBefore(read.forms, stop / rate),
  };
}

function joinPlaces(a: Places, b: Places): Places {
  return {
    count: a.count + b.count,
    seconds: a.seconds + b.seconds,
    longest: Math.max(a.longest, b.longest),
    first: [...a.first, ...b.first].slice(0, MOST_PLACES),
  };
}
