import { MediactlError } from '../../errors.js';
import { VIDEO_ENCODERS, type VideoEncoderFacts } from '../../model/encoders.js';
import type { VideoTrack } from '../../model/media.js';
import type { Preset, PresetRung } from '../../model/preset.js';
import type { PlanNotes } from './notes.js';
import { pickOnly } from './pick-rungs.js';
import { capBelow, capBetween, capForShape } from './rung-bitrate.js';
import { pictureOf, sizeAt, type Picture, type RungSize } from './rung-size.js';

/** A rung at source size replaces a preset's rung that it exceeds by less than this factor: both would be a waste. */
const ALIKE = 1.05;
/** Encoders need at least one macroblock. Pixels. */
const SHORTEST_SIDE = 16;

interface Candidate {
  readonly name: string;
  readonly shortSide: number;
  readonly bitrate: number;
}

/**
 * Decides the rungs, descending by size: those of the ladder that the source is large enough for (by the short side, so
 * that portrait works), and one at source size where that lies between two of the ladder or below all. `only` picks from
 * these by name. Throws `input-unsupported` for a picture no encoder takes, `usage` for unknown names in `only`.
 */
export function planRungs(
  track: VideoTrack,
  { rungs: ladder, encoder }: Pick<Preset['video'], 'rungs' | 'encoder'>,
  only: readonly string[] | null,
  notes: PlanNotes,
): RungSize[] {
  const facts = VIDEO_ENCODERS[encoder];
  const picture = pictureOf(track);
  requireSize(picture);
  const candidates = withSourceRung(ladder, picture, notes);
  const made = candidates.flatMap((candidate) => toRung(candidate, picture, facts, notes));
  if (made.length === 0) throw tooLarge(picture, facts);
  const kept = only === null ? made : pickOnly(made, only, ladder, notes);
  const [top] = kept;
  const names = kept.map((rung) => rung.name).join(', ');
  notes.decide('ladder', names, reasonFor(picture, ladder, only, top));
  return kept;
}

// Descending.
function withSourceRung(ladder: readonly PresetRung[], picture: Picture, notes: PlanNotes): Candidate[] {
  const short = picture.shortSide;
  const ascending = ladder.toSorted((a, b) => a.shortSide - b.shortSide);
  const reached = ascending
    .filter((rung) => rung.shortSide <= short)
    .map((rung) => ({ ...rung, bitrate: capForShape(rung.bitrate, picture.aspect) }))
    .toReversed();
  const beyond = ascending.filter((rung) => rung.shortSide > short);
  for (const rung of beyond.toReversed()) {
    notes.omit(`rung ${rung.name}`, `the source's short side is ${short} pixels; this rung would only enlarge it`);
  }
  const [below, above] = [reached[0], beyond[0]];
  if (!above || below?.shortSide === short) return reached;
  const name = uniqueName(`${short}p`, ladder);
  if (!below) return [{ name, shortSide: short, bitrate: capBelow(picture, above) }];
  const widened = { ...above, bitrate: capForShape(above.bitrate, picture.aspect) };
  const source = { name, shortSide: short, bitrate: capBetween(short, below, widened) };
  if (short > below.shortSide * ALIKE) return [source, ...reached];
  notes.omit(`rung ${below.name}`, `${name} at the source's own size is within 5 % of it and replaces it`);
  return [source, ...reached.slice(1)];
}

function toRung(
  { name, shortSide, bitrate }: Candidate,
  picture: Picture,
  { label, longestSide }: VideoEncoderFacts,
  notes: PlanNotes,
): RungSize[] {
  const size = sizeAt(picture, shortSide);
  if (Math.max(size.width, size.height) > longestSide) {
    notes.omit(`rung ${name}`, `${size.width}×${size.height} is longer than ${label} players support (${longestSide})`);
    return [];
  }
  return [{ name, ...size, bitrate }];
}

function uniqueName(name: string, ladder: readonly PresetRung[]): string {
  return ladder.some((rung) => rung.name.toLowerCase() === name) ? `${name}-source` : name;
}

function reasonFor(
  picture: Picture,
  ladder: readonly PresetRung[],
  only: readonly string[] | null,
  top: RungSize | undefined,
): string {
  const source = `the source is ${picture.width}×${picture.height}, its short side ${picture.shortSide}`;
  if (only !== null) return `set with --only; ${source}`;
  const largest = Math.max(...ladder.map((rung) => rung.shortSide));
  if (picture.shortSide > largest) return `${source}; the ladder ends at ${largest}`;
  const isPreset = ladder.some((rung) => rung.name === top?.name);
  return isPreset ? source : `${source}, which gets a rung of its own`;
}

function requireSize({ width, height, shortSide }: Picture): void {
  if (shortSide >= SHORTEST_SIDE) return;
  throw new MediactlError('input-unsupported', `the video is too small to encode: ${width}×${height}`, {
    reason: `encoders need at least ${SHORTEST_SIDE} pixels a side`,
    hint: 'scale the source up first if viewers are meant to see it',
  });
}

function tooLarge({ width, height }: Picture, { label, longestSide }: VideoEncoderFacts): MediactlError {
  return new MediactlError('input-unsupported', `the video is too wide or too tall to encode: ${width}×${height}`, {
    reason: `even the smallest rung would be longer than ${longestSide} pixels, the most that ${label} players support`,
    hint: 'crop or split the source first',
  });
}
