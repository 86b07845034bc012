import type { Segment } from '../../model/artifact.js';
import type { EncodeJob } from '../../model/encode-job.js';
import type { EncodePlan } from '../../model/plan.js';
import { compare, multiply, rational, type Rational } from '../../model/rational.js';
import { audioOf, videoOf } from '../../model/rendition.js';
import type { Journal } from '../work/journal.js';
import type { MadeRendition } from './account.js';

/** Per rung id: segments from the title's start that earlier runs have made. */
export async function videoMade(
  { plan, missing: { spans } }: EncodeJob,
  journal: Journal,
): Promise<ReadonlyMap<string, number>> {
  const made = new Map<string, number>();
  for (const { id } of videoOf(plan)) {
    const firsts = spans.flatMap(({ rendition, first }) => (rendition.id === id ? [first] : []));
    const last = firsts.length === 0 ? await lastSegment(journal, id) : null;
    made.set(id, last ? last.index + 1 : Math.min(...firsts));
  }
  return made;
}

/** How far the pictures of a title go; seconds, exact. */
export interface VideoExtent {
  readonly segments: number;
  readonly length: Rational;
}

/** Of the rung of this id. */
export async function videoLength({ grid }: EncodePlan, journal: Journal, id: string): Promise<VideoExtent> {
  let frames = 0;
  let segments = 0;
  for await (const segment of journal.segments(id)) {
    frames += segment.frames;
    segments += 1;
  }
  const { num, den } = grid.frameRate ?? rational(25);
  return { segments, length: multiply(rational(frames), rational(den, num)) };
}

async function framesOf(journal: Journal, id: string): Promise<number> {
  let frames = 0;
  for await (const segment of journal.segments(id)) frames += segment.frames;
  return frames;
}

async function firstSegment(journal: Journal, id: string): Promise<Segment | null> {
  for await (const segment of journal.segments(id)) return segment;
  return null;
}

/** Null: it has none. */
export async function lastSegment(journal: Journal, id: string): Promise<Segment | null> {
  let last: Segment | null = null;
  for await (const segment of journal.segments(id)) last = segment;
  return last;
}

/** Of the pictures, or of the longest sound; seconds, exact. */
export async function titleLength(plan: EncodePlan, journal: Journal): Promise<Rational> {
  const [first] = videoOf(plan);
  if (first) return (await videoLength(plan, journal, first.id)).length;
  let longest = rational(0);
  for (const audio of audioOf(plan)) {
    const length = rational((await framesOf(journal, audio.id)) * audio.samplesPerFrame, audio.sampleRate);
    if (compare(length, longest) > 0) longest = length;
  }
  return longest;
}

/** By rendition id. */
export interface MadeTotals {
  /** RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
  readonly made: ReadonlyMap<string, MadeRendition>;
}

/** What the journals say of the renditions of a title that is made. */
export async function readTotals(plan: EncodePlan, journal: Journal): Promise<MadeTotals> {
  const made = new Map<string, MadeRendition>();
  const codecs = new Map<string, string>();
  for (const { id } of plan.renditions) {
    const totals = await journal.totals(id);
    if (totals.codecs !== null) codecs.set(id, totals.codecs);
    const start = (await firstSegment(journal, id))?.start ?? 0;
    made.set(id, { frames: totals.frames, start, read: totals.read ?? null });
  }
  return { codecs, made };
}
