import { MediactlError } from '../../errors.js';
import type { Segment } from '../../model/artifact.js';
import { packagingOf, type EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import type { AudioRendition, Rendition, VideoRendition } from '../../model/rendition.js';
import { crc32cOf } from '../../storage/crc32c.js';
import type { SegmentScan } from '../../tools/containers/container.js';
import { containerOf } from '../../tools/containers/containers.js';
import type { ClosedFile } from './close-segment.js';

/** A closed segment with what its bytes say about it. */
export interface MeasuredSegment {
  readonly segment: Segment;
  /** It reaches the grid's next boundary: only the title's last segment may be short. */
  readonly full: boolean;
  /** RFC 6381; null when the segment does not say. */
  readonly codecs: string | null;
}

/**
 * Measures a closed segment and checks it against the grid. Throws `grid-broken` when it does not begin at its
 * boundary, holds too many frames, or does not begin with an IDR: such a segment must not reach a player.
 */
export function measureSegment(
  plan: EncodePlan,
  rendition: Rendition,
  { index, file, bytes, carry, init, endsChunk, hasTail }: ClosedFile,
): MeasuredSegment {
  const container = containerOf(rendition);
  const zero = Math.round(packagingOf(plan, rendition).zeroSeconds * rendition.timescale);
  const boundary = boundaryOf(plan, rendition, index);
  const closed: ClosedSegment = {
    plan,
    index,
    file,
    bytes: bytes.length,
    crc32c: crc32cOf(bytes),
    carry,
    hasTail,
    boundary,
    zero,
    scan: container.scan(bytes, init, boundary + zero),
  };
  const measured = measure(closed, rendition);
  if (measured.full && endsChunk && carry !== 0) {
    throw broken(rendition, index, 'it has too few bytes to end its chunk, so that others can follow');
  }
  return measured;
}

function measure(closed: ClosedSegment, rendition: Rendition): MeasuredSegment {
  switch (rendition.kind) {
    case 'video':
      return measureVideo(closed, rendition);
    case 'audio':
      return measureAudio(closed, rendition);
  }
}

interface ClosedSegment {
  readonly plan: EncodePlan;
  readonly index: number;
  readonly file: string;
  readonly bytes: number;
  readonly crc32c: string;
  readonly carry: number;
  readonly hasTail: boolean;
  /** Where it should begin on the title's timeline, and where the title's 0 is in the segments, ticks. */
  readonly boundary: number;
  readonly zero: number;
  readonly scan: SegmentScan;
}

function measureVideo(
  { plan, zero, boundary, scan, hasTail, ...closed }: ClosedSegment,
  rung: VideoRendition,
): MeasuredSegment {
  const { framesPerSegment, frameRate } = plan.grid;
  const wrong = (reason: string): MediactlError => broken(rung, closed.index, reason);
  if (!scan.video || framesPerSegment === null || frameRate === null) throw wrong('it has no video');
  const { frames, first, lead, keyframes, codecs } = scan.video;
  const start = first - zero;
  if (Math.abs(start - boundary) > 1) throw wrong(`it begins at tick ${start}, not ${boundary}`);
  if (frames > framesPerSegment && !hasTail) throw wrong(`it holds ${frames} frames, more than ${framesPerSegment}`);
  if (keyframes[0]?.time !== first) throw wrong('it does not begin with a keyframe');
  return {
    full: frames === framesPerSegment,
    codecs,
    segment: {
      rendition: rung.id,
      ...closed,
      start,
      frames,
      duration: multiply(rational(frames), rational(frameRate.den, frameRate.num)),
      keyframes: keyframes.map(({ offset, bytes, time }) => ({ offset, bytes, time: time - zero })),
      lead: closed.index === 0 && lead > 0 ? lead : undefined,
    },
  };
}

function measureAudio(
  { plan, zero, boundary, scan, hasTail: _, ...closed }: ClosedSegment,
  audio: AudioRendition,
): MeasuredSegment {
  const wrong = (reason: string): MediactlError => broken(audio, closed.index, reason);
  if (!scan.audio) throw wrong('it has no audio');
  const { frames, first, codecs } = scan.audio;
  const start = first - zero;
  const frameTicks = (audio.samplesPerFrame * audio.timescale) / audio.sampleRate;
  // The very first frame is the encoder's priming, one frame before 0.
  if (start < boundary - (closed.index === 0 ? frameTicks : 0) - 1 || start > boundary + frameTicks + 1) {
    throw wrong(`it begins at tick ${start}, not within a frame of ${boundary}`);
  }
  return {
    full: start + frames * frameTicks >= boundaryOf(plan, audio, closed.index + 1) - 1,
    codecs,
    segment: {
      rendition: audio.id,
      ...closed,
      start,
      frames,
      duration: rational(frames * audio.samplesPerFrame, audio.sampleRate),
      keyframes: [],
    },
  };
}

/**
 * Whether a segment, the title's last, is its tail, and goes into the segment before it. Of sound that the pictures end, their
 * end (`titleEnd`, seconds; null: none is known) decides: all renditions are to have as many segments.
 */
export function isTail(
  { grid }: EncodePlan,
  { kind, timescale }: Rendition,
  { index, start, duration }: Segment,
  titleEnd: Rational | null,
): boolean {
  const { tail } = grid;
  if (tail?.index !== index) return false;
  const end = kind === 'audio' && titleEnd ? toNumber(titleEnd) : start / timescale + toNumber(duration);
  return end <= index * toNumber(grid.segmentSeconds) + toNumber(tail.longest) + ROUNDED;
}

/** Ticks and doubles are less exact than this, and no frame is so short. Seconds. */
const ROUNDED = 1e-3;

/** Where a segment begins on the title's timeline, in whole ticks. */
function boundaryOf({ grid }: EncodePlan, { timescale }: Rendition, index: number): number {
  return Math.round(index * toNumber(multiply(grid.segmentSeconds, rational(timescale))));
}

function broken({ name }: Rendition, index: number, reason: string): MediactlError {
  return new MediactlError('grid-broken', `segment ${index} of ${name} is not as planned`, {
    reason,
    hint: 'this is a bug in mediactl or in this FFmpeg version; please report it with the output of "mediactl plan"',
  });
}
