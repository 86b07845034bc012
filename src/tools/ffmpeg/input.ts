import type { TrackPart } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import type { InputAddress } from '../../model/source.js';
import { inputSafetyArgs, USUAL_DEPTH } from '../input-safety.js';

/** How the source is opened so that the title can be made from a given time on. */
export interface InputStart {
  /** Arguments up to and including -i. */
  readonly args: readonly string[];
  /** What must be added to FFmpeg's timestamps to get title time, seconds. */
  readonly shiftSeconds: number;
}

// Decoders need what comes before the first wanted frame: references, and the picture that is still showing.
const SEEK_MARGIN_SECONDS = 2;

/**
 * Opens the source for what the title holds of a track from `titleSeconds` on. FFmpeg takes the container's start and the
 * seek position off every timestamp; `shiftSeconds` puts title time back. Seeks are to whole seconds, exact in
 * every MP4 and Matroska time base, so a frame gets the same time whether or not a seek came before. Where clocks are
 * mended, times stay as they are in the source, and each part of the track is an input of its own.
 */
export function openSource(plan: EncodePlan, titleSeconds: number, address: InputAddress, track: number): InputStart {
  const { originSeconds, part } = plan.timeline;
  const parts = partsOf(plan, track);
  if (parts.length > 0) {
    const inputs = parts.flatMap(() => inputArgs(plan, address, []));
    return { args: ['-copyts', ...inputs], shiftSeconds: -originSeconds };
  }
  const wanted = titleSeconds + originSeconds - plan.input.startSeconds;
  const isFromStart = titleSeconds === 0 && (part?.startSeconds ?? 0) === 0;
  const seek = plan.input.seekable && !isFromStart ? Math.max(0, Math.floor(wanted - SEEK_MARGIN_SECONDS)) : 0;
  // The seek may land before the wanted frame; the filters drop what is early, counting on exact timestamps.
  const seekArgs = seek > 0 ? ['-noaccurate_seek', '-ss', String(seek)] : [];
  return {
    args: inputArgs(plan, address, seekArgs),
    shiftSeconds: seek + plan.input.startSeconds - originSeconds,
  };
}

function inputArgs({ input }: EncodePlan, address: InputAddress, seekArgs: readonly string[]): string[] {
  return [
    // One thread: with several, what a decoder makes of a damaged picture depends on chance.
    ...['-threads', '1'],
    ...seekArgs,
    // Rotation is in the filter graph, where the plan put it.
    '-noautorotate',
    ...inputSafetyArgs(address, input.format, input.depth ?? USUAL_DEPTH),
    '-i',
    address.url,
  ];
}

function partsOf({ input }: EncodePlan, track: number): readonly TrackPart[] {
  return input.mended.find((mended) => mended.track === track)?.parts ?? [];
}

/**
 * The beginning of a filter graph: a track of the source with title time on its frames, up to the next filter's name. A
 * track that goes on in others is joined with them. `shiftSeconds`: see openSource.
 */
export function readTrack(plan: EncodePlan, track: number, kind: 'video' | 'audio', shiftSeconds: number): string {
  const parts = partsOf(plan, track);
  const filters = clockFilters(plan, track, kind, shiftSeconds);
  if (parts.length < 2) return `[0:${track}]${filters.map((filter) => `${filter},`).join('')}`;
  const join = JOINING[kind];
  const read = parts.map(({ index }, i) => {
    const last = i === parts.length - 1 ? join.last : '';
    return `[${i}:${index}]${filters[i] ?? ''}${join.each}${last}[part${i}];`;
  });
  const labels = parts.map((_, i) => `[part${i}]`);
  return `${read.join('')}${labels.join('')}${join.filter}=nb_inputs=${parts.length},`;
}

/**
 * (a)interleave waits for a frame of each input, and so reads a part only when those before it have ended. It counts in
 * microseconds, which ainterleave of some versions does not tell the next filter; and it does not tell how long the last
 * picture stands, which the fps filter then takes for too short: that falls on a copy.
 */
const JOINING = {
  video: { filter: 'interleave', each: '', last: ',tpad=stop=1:stop_mode=clone' },
  audio: { filter: 'ainterleave', each: ',asettb=1/1000000', last: '' },
} as const;

/** For each part of a track the filter that puts title time on its frames; of one that needs none nothing. */
export function clockFilters(plan: EncodePlan, track: number, kind: 'video' | 'audio', shiftSeconds: number): string[] {
  const name = kind === 'audio' ? 'asetpts' : 'setpts';
  const parts = partsOf(plan, track);
  if (parts.length > 1) return parts.map((part) => mendFilter(name, part, shiftSeconds) ?? `${name}=PTS`);
  const [part] = parts;
  const filter = part ? mendFilter(name, part, shiftSeconds) : shiftFilter(name, shiftSeconds);
  return filter === null ? [] : [filter];
}

/**
 * Output arguments, after all others, that make a process read all the tracks that must be read together; `used`: those
 * it reads anyway. They are not decoded.
 */
export function readingArgs(plan: EncodePlan, used: number): string[] {
  const others = plan.input.tracksReadTogether.filter((track) => track !== used);
  if (others.length === 0) return [];
  return [...others.flatMap((track) => ['-map', `0:${track}`]), '-c', 'copy', '-f', 'null', '-'];
}

/** A frame that comes so long after the last before a break is from behind it. Seconds. */
const BEYOND = 0.3;

/**
 * Counts the breaks that a track's frames have passed, in the expression's variable 0, and adds to their times what the
 * plan says for each stretch. A leap ahead is passed with a frame in the farther half of it. A clock that falls back is
 * seen by a frame earlier than the one before, or by one that is later than any before the break: frames next to a break
 * may be lost.
 */
function mendFilter(name: 'setpts' | 'asetpts', part: TrackPart, shiftSeconds: number): string | null {
  const { breaks } = part;
  if (breaks.length === 0) return shiftFilter(name, shiftSeconds + part.offsetSeconds);
  const passed = breaks.map(({ afterSeconds, jumpSeconds }, i) => {
    const leap = `gt(T,${decimal(afterSeconds + jumpSeconds / 2)})`;
    const fall = `gt(lt(T-PREV_INT,${decimal(jumpSeconds / 2)})+gt(T,${decimal(afterSeconds + BEYOND)}),0)`;
    return `eq(ld(0),${i})*${jumpSeconds > 0 ? leap : fall}`;
  });
  const offsets = [part.offsetSeconds, ...breaks.map(({ offsetSeconds }) => offsetSeconds)];
  const offset = offsets.map((seconds, i) => `eq(ld(0),${i})*${decimal(seconds + shiftSeconds)}`);
  return `${name}='st(0,ld(0)+${passed.join('+')});PTS+round((${offset.join('+')})/TB)'`;
}

// In brackets: "--1" is no number to FFmpeg.
function decimal(seconds: number): string {
  const text = Number(seconds.toFixed(6)).toFixed(6);
  return seconds < 0 ? `(${text})` : text;
}

/** `PTS+round(…/TB)` for setpts and asetpts, or null when nothing is to be shifted. */
function shiftFilter(name: 'setpts' | 'asetpts', seconds: number): string | null {
  const rounded = Number(seconds.toFixed(6));
  return rounded === 0 ? null : `${name}=PTS+round(${rounded}/TB)`;
}
