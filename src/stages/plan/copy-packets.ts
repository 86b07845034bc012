import type { CopyReason, VideoPackets } from '../../model/copy.js';
import type { Timeline } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import type { VideoRate } from '../../model/rendition.js';
import { fitGrid } from './copy-grid.js';
import { highestLevel, levelName } from './copy-levels.js';
import type { RatedRung } from './rate.js';

/** What the title takes of the packets. */
export interface PacketsWanted {
  readonly timeline: Pick<Timeline, 'originSeconds' | 'part'>;
  readonly frameRate: Rational;
  /** As the ladder wants it. */
  readonly framesPerSegment: number;
  readonly rung: RatedRung;
}

export interface PacketsJudged {
  readonly reasons: readonly CopyReason[];
  /** Of the title. */
  readonly frames: number;
  readonly framesPerSegment: number;
  /** Bits a second of the segments: all together, and most. */
  readonly average: number;
  readonly peak: number;
}

/** A frame of the source this far off one of the title's does not stand for it. Frames. */
const OFF_PLACE = 0.25;
/** FFmpeg's muxers begin a transport stream so long before its first picture at most. Seconds. */
const LONGEST_REORDERING = 1.2;

/** Whether packets can be cut on a grid near the ladder's, and stay within the rung's rate. */
export function judgePackets(packets: VideoPackets, wanted: PacketsWanted): PacketsJudged {
  const { timeline, frameRate, rung } = wanted;
  const rate = toNumber(frameRate);
  const offset = (timeline.originSeconds - packets.startSeconds) * rate;
  const first = Math.max(0, Math.round(offset));
  const length = timeline.part?.length ? Math.round(toNumber(timeline.part.length) * rate) : Infinity;
  const frames = Math.max(0, Math.min(packets.frames - first, length));
  const keyframes = packets.keyframes.map((frame) => frame - first).filter((frame) => frame >= 0 && frame < frames);
  const grid = fitGrid(keyframes, frames, wanted.framesPerSegment);
  const sizes = segmentBytes(packets, { first, frames, framesPerSegment: grid.framesPerSegment });
  const rates = sizes.map(({ bytes, frames: count }) => (bytes * 8 * rate) / count);
  const average = (sizes.reduce((sum, { bytes }) => sum + bytes, 0) * 8 * rate) / Math.max(1, frames);
  const reasons: CopyReason[] = packets.faults.map(({ code, message, at }) => ({
    code,
    message,
    at: Math.max(0, at - first / rate),
  }));
  const add = (code: CopyReason['code'], message: string | null, at: number | null): void => {
    if (message !== null) reasons.push({ code, message, at });
  };
  const isEarly = Math.round(offset) < 0;
  const isOff = !isEarly && Math.abs(offset - first) > OFF_PLACE;
  add('held-frame', isEarly ? 'the first frame is shown before its time, as the audio begins earlier' : null, 0);
  add('frame-times', isOff ? "its frames are between the title's" : null, null);
  add('time-base', clockFault(packets, frameRate), null);
  add('level', levelFault(packets, rung, rate), null);
  add('reordering', packets.reorder / rate > LONGEST_REORDERING ? 'it reorders frames too far' : null, null);
  if (grid.missing !== null) add('keyframes', missingText(grid.missing, wanted), grid.missing / rate);
  // Frames are copied in the order of decoding: those after the end may come before it.
  const endsWithin = first + frames < packets.frames;
  const isCut = endsWithin && !packets.keyframes.includes(first + frames);
  add('part', isCut ? 'the part does not end before a keyframe' : null, frames / rate);
  const over = grid.missing === null ? rates.findIndex((bits) => bits > rung.rate.maxBitrate) : -1;
  add('bit-rate', over < 0 ? null : peakText(rates[over] ?? 0, rung), sizes[over] ? sizes[over].from / rate : null);
  add('bit-rate', averageText(average, rung), null);
  return { reasons, frames, framesPerSegment: grid.framesPerSegment, average, peak: Math.max(0, ...rates) };
}

interface Stretch {
  /** Its first frame. */
  readonly from: number;
  readonly frames: number;
  readonly bytes: number;
}

/** A last segment shorter than half of the others counts with the one before it (Apple HLS authoring, peak bit rate). */
function segmentBytes(
  { keyframes, keyframeBytes }: VideoPackets,
  { first, frames, framesPerSegment }: { first: number; frames: number; framesPerSegment: number },
): Stretch[] {
  const count = Math.max(1, Math.round(frames / framesPerSegment));
  const bytes = Array.from({ length: count }, () => 0);
  for (const [i, keyframe] of keyframes.entries()) {
    const at = keyframe - first;
    if (at < 0 || at >= frames) continue;
    const segment = Math.min(count - 1, Math.floor(at / framesPerSegment));
    bytes[segment] = (bytes[segment] ?? 0) + (keyframeBytes[i] ?? 0);
  }
  return bytes.map((sum, i) => {
    const from = i * framesPerSegment;
    return { from, frames: Math.max(1, i === count - 1 ? frames - from : framesPerSegment), bytes: sum };
  });
}

/** Packets keep the clock of the source: each frame of the title has to be at a whole unit of it. */
function clockFault({ clock }: VideoPackets, { num, den }: Rational): string | null {
  const units = (clock * den) / num;
  if (Math.abs(units - Math.round(units)) < 1e-6) return null;
  return `its container rounds times to 1/${Math.round(clock)} s, and frames do not last that long or a multiple of it`;
}

function levelFault({ level }: VideoPackets, { width, height }: RatedRung, rate: number): string | null {
  const highest = highestLevel(width, height, rate);
  if (level === null || level <= highest) return null;
  return `it states level ${levelName(level)}, where players of its size expect ${levelName(highest)} at most`;
}

function missingText(missing: number, { framesPerSegment, frameRate }: PacketsWanted): string {
  if (missing === 0) return 'the title does not begin with a keyframe';
  const seconds = Number((framesPerSegment / toNumber(frameRate)).toFixed(3));
  return `no keyframe stands where a segment begins (the ladder asks for ${seconds} s; no length near it fits)`;
}

function peakText(bits: number, { rate }: RatedRung): string {
  return `a segment has ${kilobits(bits)}, more than the cap of ${kilobits(rate.maxBitrate)}`;
}

function averageText(bits: number, { rate }: RatedRung): string | null {
  const most = averageCap(rate);
  return bits > most ? `it has ${kilobits(bits)} on average, more than ${kilobits(most)}` : null;
}

function averageCap(rate: VideoRate): number {
  switch (rate.mode) {
    case 'crf':
      return rate.maxBitrate;
    case 'abr':
      return rate.bitrate;
  }
}

function kilobits(bits: number): string {
  return `${Math.round(bits / 1000)} kb/s`;
}
