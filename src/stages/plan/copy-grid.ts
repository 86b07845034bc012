/** How far a segment may be from the wanted length so that the keyframes of a copied source fit. */
const [SHORTEST, LONGEST] = [2 / 3, 4 / 3] as const;

export interface KeyframeGrid {
  readonly framesPerSegment: number;
  /** The first frame at which a segment would begin and no keyframe stands; null: all boundaries have one. */
  readonly missing: number | null;
}

/**
 * The grid on which keyframes stand at every boundary: that of the wanted length, else of the length nearest to it, from two
 * thirds to four thirds of it. Where there is none, the wanted one with the first boundary that lacks a keyframe.
 * `keyframes`: ascending, from frame 0 of the title; `frames`: of the title.
 */
export function fitGrid(keyframes: readonly number[], frames: number, wanted: number): KeyframeGrid {
  const known = new Set(keyframes);
  const missing = missingOf(known, frames, wanted);
  if (missing === null) return { framesPerSegment: wanted, missing };
  const lengths = keyframes
    .filter((frame) => frame >= wanted * SHORTEST && frame <= wanted * LONGEST)
    .toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted) || b - a);
  const fitting = lengths.find((length) => missingOf(known, frames, length) === null);
  return fitting === undefined ? { framesPerSegment: wanted, missing } : { framesPerSegment: fitting, missing: null };
}

function missingOf(keyframes: ReadonlySet<number>, frames: number, length: number): number | null {
  for (let at = 0; at < frames; at += length) if (!keyframes.has(at)) return at;
  return null;
}
