import type { Grid, Tail, Timeline } from '../../model/plan.js';
import type { Preset } from '../../model/preset.js';
import { approximate, divide, formatRational, rational, toNumber, type Rational } from '../../model/rational.js';
import type { PlanNotes } from './notes.js';
import { planTail } from './tail.js';

/**
 * Decides the segment grid: a GOP is a whole number of frames and a segment a whole number of GOPs, as near to the
 * preset's lengths as whole frames allow. `frameRate` null: a title without video, cut by time alone. `framesPerSegment`: where
 * the keyframes of what is copied decide.
 */
export function planGrid(
  segment: Preset['segment'],
  frameRate: Rational | null,
  expected: Pick<Timeline, 'expectedSeconds' | 'expectedFrames'>,
  notes: PlanNotes,
  framesPerSegment: number | null = null,
): Grid {
  const cuts = frameRate ? videoCuts(segment, frameRate, framesPerSegment) : audioGrid(segment);
  const tail = planTail(cuts, expected);
  const length = segmentsPerChunk(toNumber(cuts.segmentSeconds), segment.chunkSeconds, expected.expectedSeconds);
  const grid: Grid = { ...cuts, segmentsPerChunk: withoutCutBefore(tail, length), tail };
  notes.decide(
    'segments',
    describe(grid),
    `the ladder asks for ${segment.seconds} s${whyCut(segment, frameRate, framesPerSegment)}`,
  );
  notes.decide(
    'chunks',
    `${shortly(toNumber(grid.segmentSeconds) * grid.segmentsPerChunk)} s = ${grid.segmentsPerChunk} segments`,
    'each is made by fresh single-threaded encoders, so that the bytes are the same on any machine',
  );
  if (tail) {
    const over = (expected.expectedSeconds ?? 0) - tail.index * toNumber(grid.segmentSeconds);
    const longer = `${shortly(toNumber(grid.segmentSeconds) + over)} s`;
    notes.decide('last segment', longer, `the last ${shortly(over)} s are too short for a segment of their own`);
  }
  return grid;
}

/** Seconds that an encoder makes in one go: long enough that its start costs nothing, short enough to be made again. */
const CHUNK_SECONDS = 30;
/** A title that is not longer than this is cut finer, so that several cores have something to do. Seconds. */
const SHORT_TITLE = 120;
const SHORT_CHUNK_SECONDS = 12;

function segmentsPerChunk(segmentSeconds: number, wanted: number | undefined, expectedSeconds: number | null): number {
  const isShort = expectedSeconds !== null && expectedSeconds <= SHORT_TITLE;
  const seconds = wanted ?? (isShort ? SHORT_CHUNK_SECONDS : CHUNK_SECONDS);
  return Math.max(1, Math.round(seconds / segmentSeconds));
}

/** What is joined must be of one chunk: the length of chunks, or the next one that does not put a boundary there. */
function withoutCutBefore(tail: Tail | null, length: number): number {
  while (tail && tail.index % length === 0) length++;
  return length;
}

function whyCut(segment: Preset['segment'], frameRate: Rational | null, forced: number | null): string {
  if (frameRate === null) return '';
  if (forced === null || forced === videoCuts(segment, frameRate).framesPerSegment) return ', in whole frames';
  return '; keyframes of the source, which is copied, stand so far apart';
}

type Cuts = Omit<Grid, 'segmentsPerChunk' | 'tail'>;

interface VideoCuts extends Cuts {
  readonly framesPerSegment: number;
  readonly framesPerGop: number;
}

/** As the ladder wants them; `forced`: segments of so many frames. */
export function videoCuts(
  { seconds, keyframeSeconds }: Preset['segment'],
  frameRate: Rational,
  forced: number | null = null,
): VideoCuts {
  const frames = seconds * toNumber(frameRate);
  const wanted = Math.ceil(seconds / keyframeSeconds - 1e-6);
  // At a very low frame rate a segment has fewer frames than the preset wants GOPs.
  const gops = Math.max(1, Math.min(wanted, Math.floor(frames)));
  const framesPerGop = forced === null ? Math.max(1, Math.round(frames / gops)) : divisor(forced, gops);
  const framesPerSegment = forced ?? gops * framesPerGop;
  return { frameRate, framesPerSegment, framesPerGop, segmentSeconds: divide(rational(framesPerSegment), frameRate) };
}

/** What cuts `frames` into at least `parts` equal parts. */
function divisor(frames: number, parts: number): number {
  let count = Math.min(parts, frames);
  while (frames % count !== 0) count++;
  return frames / count;
}

function audioGrid({ seconds }: Preset['segment']): Cuts {
  return { frameRate: null, framesPerSegment: null, framesPerGop: null, segmentSeconds: approximate(seconds, 1001) };
}

function describe({ framesPerSegment, framesPerGop, segmentSeconds }: Grid): string {
  const seconds = shortly(toNumber(segmentSeconds));
  if (framesPerSegment === null) return `${seconds} s`;
  const exact = segmentSeconds.den === 1 ? '' : ` (${formatRational(segmentSeconds)})`;
  return `${seconds} s${exact} = ${framesPerSegment} frames, a keyframe every ${framesPerGop}`;
}

function shortly(seconds: number): number {
  return Number(seconds.toFixed(4));
}
