import type { EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import { distrustFirst, steadyTimes } from './audio-times.js';

export interface AudioWork {
  readonly plan: EncodePlan;
  /** Of the plan's source. */
  readonly address: InputAddress;
  /** What is made of the track: one encoded stream in each of its containers, at least one. */
  readonly renditions: readonly AudioRendition[];
  /** The first of them: all but their containers are alike. */
  readonly audio: AudioRendition;
  readonly first: number;
  /** The last segment and one; null: to the end of the title. */
  readonly end: number | null;
  /** Where audio ends on the title's timeline, seconds; null: where the source's sound ends. */
  readonly titleEnd: Rational | null;
  /** Absolute; has a sub-folder for each rendition. */
  readonly folder: string;
}

/** Frames after the end of a chunk that its last ones are encoded with. */
const LOOK_AHEAD = 4;

/** In samples of the rendition, from the title's 0: where the chunk begins, and how long it is at most. */
function extent({ plan, audio, first, end, titleEnd }: AudioWork): { readonly base: number; readonly length: number } {
  const samplesPerSegment = toNumber(multiply(plan.grid.segmentSeconds, rational(audio.sampleRate)));
  const base = Math.round(first * samplesPerSegment);
  const cut = end === null ? Infinity : Math.round(end * samplesPerSegment) + LOOK_AHEAD * audio.samplesPerFrame;
  const titleSamples = titleEnd === null ? Infinity : Math.round(toNumber(titleEnd) * audio.sampleRate);
  return { base, length: Math.min(cut, titleSamples) - base };
}

/** How far audio is heard past the end of the title, so that what is lost there can be told: seconds. */
const HEARD_BEYOND = 2;

/** Samples that are taken from the source, from the start of the chunk: more than are encoded, at the title's end. */
function heard(work: AudioWork): number {
  const { plan, audio, end, titleEnd } = work;
  const { length } = extent(work);
  const isWholeEnd = end === null && titleEnd !== null && plan.timeline.part === null;
  return isWholeEnd ? length + HEARD_BEYOND * audio.sampleRate : length;
}

/** Silence where the track starts late or has a gap, samples dropped where it starts early or overlaps. */
export function inStep(sampleRate: number, start: number): string[] {
  return [steadyTimes(sampleRate), `aresample=async=1:min_hard_comp=0.001:first_pts=${start}`];
}

/** Filters that look at each frame alone, after those that give it title time (input.ts): what shape it has makes no difference to those after it. */
export function eachFrame(work: AudioWork, channels: number): string[] {
  const { audio } = work;
  const { base } = extent(work);
  const length = heard(work);
  const format = `aformat=sample_rates=${audio.sampleRate}:sample_fmts=fltp:channel_layouts=`;
  return [
    audio.discrete ? (channels === 2 ? 'pan=stereo|c0=c0|c1=c1' : 'pan=mono|c0=0.5*c0+0.5*c1') : null,
    // One channel becomes two of the same level, where swresample would take 3 dB off; two stay what they are.
    ...(channels === 2 ? [`${format}mono|stereo`, 'pan=stereo|FL=FL+FC|FR=FR+FC'] : [`${format}mono`]),
    base > 0 ? `asetpts=PTS-${base}` : null,
    `atrim=start_pts=0${Number.isFinite(length) ? `:end_pts=${length}` : ''}`,
  ].filter((filter) => filter !== null);
}

/** Ends a decoder's filters, so that its output can be read by a process of its own. */
export function forPipe(work: AudioWork): string[] {
  const { audio, plan } = work;
  const begins = (audio.startSeconds - plan.timeline.originSeconds) * audio.sampleRate - extent(work).base;
  // One sample where there is no sound at all, such as after its end: NUT without a frame is no file.
  return [distrustFirst(begins, audio.sampleRate), 'apad=whole_len=1'];
}

/** Filters that count from the start of the chunk. */
export function wholeTrack(work: AudioWork): string[] {
  const { plan, audio, titleEnd } = work;
  const { base, length } = extent(work);
  // Frames stand at multiples of their length from 0, in every span: a span begins with the frame that the
  // uninterrupted run would have there.
  const start = Math.ceil(base / audio.samplesPerFrame) * audio.samplesPerFrame - base;
  const isFilledUp = titleEnd !== null && !isPartOfSound(plan);
  return [
    `aformat=sample_rates=${audio.sampleRate}:sample_fmts=fltp:channel_layouts=${audio.channels === 2 ? 'stereo' : 'mono'}`,
    heard(work) > length ? `atrim=end_pts=${length}` : null,
    ...limiter(audio),
    ...(isFilledUp && start > 0 ? silenceFrom(start) : []),
    ...inStep(audio.sampleRate, start),
    isFilledUp ? 'apad' : null,
    Number.isFinite(length) ? `atrim=end_pts=${length}` : null,
  ].filter((filter) => filter !== null);
}

/**
 * Where sound has ended before the span, the silence that takes its place begins with that frame, too: there is something from
 * 0 up to it. What apad makes of nothing has no times.
 */
function silenceFrom(start: number): string[] {
  return [`apad=whole_len=${start + 1}`, "asetpts='if(isnan(PTS),NB_CONSUMED_SAMPLES,PTS)'"];
}

/** FFmpeg's default `attack` is how far alimiter looks ahead, seconds; all comes out so much later. */
const LIMITER_ATTACK = 0.005;

function limiter({ limit, sampleRate }: AudioRendition): string[] {
  if (limit === null) return [];
  const late = Math.floor(LIMITER_ATTACK * sampleRate) - 1;
  return [`apad=pad_len=${late}`, `alimiter=level=0:limit=${limit}`, `asetpts=PTS-${late}`];
}

/** Where there are no pictures, nothing but the sound says where it ends: a part of it that was to be longer is not filled up. */
function isPartOfSound({ picture, timeline }: EncodePlan): boolean {
  return picture === null && timeline.part !== null;
}
