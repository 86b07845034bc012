import type { Combing, Size } from '../../model/media.js';

/** What two pictures, one after the other, tell: nothing where little moves. */
type Verdict = 'progressive' | 'tff' | 'bff' | 'unknown';

/** Pixels of one line that differ by more from the same ones of the next picture have moved. Of 255. */
const MOVED = 10;
/** A line that is brighter or darker by more than both its neighbours is combed, or a fine detail. Of 255. */
const COMBED = 10;
/** Less motion than this share of the picture says nothing. */
const LEAST_MOTION = 0.003;
/** So much of what moves must look combed in some way of weaving the fields, or its edges are too soft to tell. */
const LEAST_EDGES = 0.02;
/** How much more the fields farther apart in time must be combed than those next to each other. */
const CLEARLY = 1.25;

/**
 * Looks for fields in pictures that follow each other: luma, one byte a pixel. A picture of two moments is combed where
 * something moves, and as much as the later field of it with the earlier one of the next; in one of a single moment,
 * only fields of different pictures are. Only what moves is looked at, so that fine lines are not taken for fields.
 */
export function lookForFields(pictures: readonly Uint8Array[], size: Size): Combing {
  const found = { progressive: 0, tff: 0, bff: 0, unknown: 0 };
  for (const [i, picture] of pictures.entries()) {
    const next = pictures[i + 1];
    if (next) found[compare(picture, next, size)] += 1;
  }
  return found;
}

/** Together, of several places of a track. */
export function addUp(all: readonly Combing[]): Combing {
  const sum = (of: (one: Combing) => number): number => all.reduce((total, one) => total + of(one), 0);
  return {
    progressive: sum((one) => one.progressive),
    tff: sum((one) => one.tff),
    bff: sum((one) => one.bff),
    unknown: sum((one) => one.unknown),
  };
}

function compare(picture: Uint8Array, next: Uint8Array, { width, height }: Size): Verdict {
  let moving = 0;
  let within = 0;
  // By the parity of the line: 0 is the top field of this picture with the bottom field of the next one, 1 the reverse.
  const across: [number, number] = [0, 0];
  for (let y = 1; y < height - 1; y += 1) {
    let crossed = 0;
    const end = (y + 1) * width;
    for (let at = y * width; at < end; at += 1) {
      const here = picture[at] ?? 0;
      const [above, below] = [picture[at - width] ?? 0, picture[at + width] ?? 0];
      const [laterAbove, laterBelow] = [next[at - width] ?? 0, next[at + width] ?? 0];
      if (
        Math.abs(here - (next[at] ?? 0)) <= MOVED &&
        Math.abs(above - laterAbove) <= MOVED &&
        Math.abs(below - laterBelow) <= MOVED
      )
        continue;
      moving += 1;
      if (isCombed(here, above, below)) within += 1;
      if (isCombed(here, laterAbove, laterBelow)) crossed += 1;
    }
    if (y % 2 === 0) across[0] += crossed;
    else across[1] += crossed;
  }
  if (moving < LEAST_MOTION * width * height) return 'unknown';
  // `within` has the lines of both fields.
  return judge(within / 2, across[0], across[1], moving / 2);
}

function judge(within: number, topFirst: number, bottomFirst: number, moving: number): Verdict {
  if (Math.max(topFirst, bottomFirst) < LEAST_EDGES * moving) return 'unknown';
  if (within * 2 < Math.min(topFirst, bottomFirst)) return 'progressive';
  if (topFirst > CLEARLY * Math.max(within, bottomFirst) && within * 2 > bottomFirst) return 'tff';
  if (bottomFirst > CLEARLY * Math.max(within, topFirst) && within * 2 > topFirst) return 'bff';
  return 'unknown';
}

function isCombed(line: number, above: number, below: number): boolean {
  return (line - above > COMBED && line - below > COMBED) || (above - line > COMBED && below - line > COMBED);
}
