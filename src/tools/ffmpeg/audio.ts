import { join } from 'node:path';
import type { EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import { containerOf } from '../containers/containers.js';
import { audioEncoderOf } from '../encoders/encoders.js';
import type { FfmpegCommand } from './command.js';
import { globalArgs } from './command.js';
import { openSource, readingArgs, shiftFilter, type InputStart } from './input.js';

/** The first segment that must be run to get segment `first`: one before, for the encoder to warm up in. */
export function audioWarmUp(first: number): number {
  return Math.max(0, first - 1);
}

export interface AudioWork {
  readonly plan: EncodePlan;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly audio: AudioRendition;
  readonly first: number;
  /** The last segment and one; null: to the end of the title. */
  readonly end: number | null;
  /** Where audio ends on the title's timeline, seconds; null: where the source's sound ends. */
  readonly titleEnd: Rational | null;
  /** Absolute; has a sub-folder for the rendition. */
  readonly folder: string;
}

/**
 * One audio rendition from segment `first` (which, past 0, includes a warm-up segment before the wanted one,
 * see audioWarmUp) up to `end`, but not past `titleEnd`; where that is known, silence fills what is missing.
 * The encoder looks ahead: a little of segment `end` is made as well, and is to be thrown away.
 *
 * With `pipes`, a decoder and an encoder, which passes for one where the source stays the same. FFmpeg builds its filters
 * anew when channels, rate or format of the source change in mid-stream, and filters that count would begin again: the
 * decoder has only such as look at each frame alone, and the encoder is given one form from start to end. Without pipes one
 * process does both, and a source that changes comes out broken.
 */
export function audioCommands(work: AudioWork, pipes: boolean): FfmpegCommand[] {
  return pipes ? [decodeToPipe(work), encodeFromPipe(work)] : [encodeDirect(work)];
}

function decodeToPipe(work: AudioWork): FfmpegCommand {
  const { plan, audio } = work;
  const source = openAudio(work);
  // One sample where there is no sound at all, such as after its end: NUT without a frame is no file.
  const filters = [...eachFrame(work, source.shiftSeconds), distrustFirst(work), 'apad=whole_len=1'];
  const pipe = pipePath(work);
  return {
    label: `decode ${audio.name}`,
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...source.args,
      ...['-map', `0:${audio.trackIndex}`, '-af', filters.join(',')],
      // NUT keeps times to the sample. Without sync points and index neither process remembers what went by.
      ...[
        '-c:a',
        'pcm_f32le',
        '-f',
        'nut',
        '-syncpoints',
        'none',
        '-strict',
        '-2',
        '-write_index',
        '0',
        `file:${pipe}`,
      ],
      ...readingArgs(plan, audio.trackIndex),
    ],
    outputs: [],
    writesTo: [pipe],
  };
}

function encodeFromPipe(work: AudioWork): FfmpegCommand {
  return {
    label: `encode ${work.audio.name}`,
    role: 'audio',
    readsSource: false,
    args: [
      ...globalArgs(),
      // With -seek_timestamp FFmpeg does not take the first time off all others.
      ...['-seek_timestamp', '1', '-f', 'nut', '-i', `file:${pipePath(work)}`, '-map', '0:0'],
      ...encodeArgs(work, wholeTrack(work)),
      // What the filters have no use for is read as well: the decoder is to end by itself.
      ...['-map', '0:0', '-c', 'copy', '-f', 'null', '-'],
    ],
    outputs: [{ rendition: work.audio.id, listFd: 3 }],
    writesTo: [],
  };
}

function encodeDirect(work: AudioWork): FfmpegCommand {
  const { plan, audio } = work;
  const source = openAudio(work);
  return {
    label: `encode ${audio.name}`,
    role: 'audio',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...source.args,
      ...['-map', `0:${audio.trackIndex}`],
      ...encodeArgs(work, [...eachFrame(work, source.shiftSeconds), ...wholeTrack(work)]),
      ...readingArgs(plan, audio.trackIndex),
    ],
    outputs: [{ rendition: audio.id, listFd: 3 }],
    writesTo: [],
  };
}

function openAudio({ plan, first, address }: AudioWork): InputStart {
  return openSource(plan, first * toNumber(plan.grid.segmentSeconds), address);
}

/** Where sound passes from the decoder to the encoder. */
function pipePath({ audio, folder }: AudioWork): string {
  return `${join(folder, audio.id)}.pipe`;
}

function encodeArgs({ plan, audio, first, folder }: AudioWork, filters: readonly string[]): string[] {
  return [
    ...['-af', filters.join(',')],
    ...audioEncoderOf(audio).args(audio),
    ...containerOf(plan.packaging).cutArgs({ plan, rendition: audio, first, folder, listFd: 3 }),
  ];
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

/** Filters that look at each frame alone: what shape it has makes no difference to those after it. */
function eachFrame(work: AudioWork, shiftSeconds: number): string[] {
  const { audio } = work;
  const { base, length } = extent(work);
  const format = `aformat=sample_rates=${audio.sampleRate}:sample_fmts=fltp:channel_layouts=`;
  return [
    shiftFilter('asetpts', shiftSeconds),
    // One channel becomes two of the same level, where swresample would take 3 dB off; two stay what they are.
    ...(audio.channels === 2 ? [`${format}mono|stereo`, 'pan=stereo|FL=FL+FC|FR=FR+FC'] : [`${format}mono`]),
    base > 0 ? `asetpts=PTS-${base}` : null,
    `atrim=start_pts=0${Number.isFinite(length) ? `:end_pts=${length}` : ''}`,
  ].filter((filter) => filter !== null);
}

/** No first frame of a track comes so long after the start that headers give. Seconds. */
const LATE_START = 2;

/**
 * Where the sample rate changes in mid-stream, FFmpeg gives the first frame a wrong time (MP3 and AAC have the rate of the
 * frame before): it goes to 0, and FFmpeg, which writes no frame before another, puts it behind the one before it.
 */
function distrustFirst(work: AudioWork): string {
  const { audio, plan } = work;
  const begins = Math.max(0, audio.startSeconds - plan.timeline.originSeconds) * audio.sampleRate - extent(work).base;
  const trusted = Math.round(Math.max(0, begins) + LATE_START * audio.sampleRate);
  return `asetpts='if(gt(N,0)+lt(PTS,${trusted}),PTS,0)'`;
}

/** Filters that count from the start of the chunk. */
function wholeTrack(work: AudioWork): string[] {
  const { audio, titleEnd } = work;
  const { base, length } = extent(work);
  // Frames stand at multiples of their length from 0, in every span: a span begins with the frame that the
  // uninterrupted run would have there.
  const start = Math.ceil(base / audio.samplesPerFrame) * audio.samplesPerFrame - base;
  return [
    `aformat=sample_rates=${audio.sampleRate}:sample_fmts=fltp:channel_layouts=${audio.channels === 2 ? 'stereo' : 'mono'}`,
    ...limiter(audio),
    // Silence where the track starts late or has a gap, samples dropped where it starts early or overlaps.
    `aresample=async=1:first_pts=${start}`,
    titleEnd === null ? null : 'apad',
    Number.isFinite(length) ? `atrim=end_pts=${length}` : null,
  ].filter((filter) => filter !== null);
}

/** FFmpeg's default `attack` is how far alimiter looks ahead, seconds; all comes out so much later. */
const LIMITER_ATTACK = 0.005;

function limiter({ limit, sampleRate }: AudioRendition): string[] {
  if (limit === null) return [];
  const late = Math.floor(LIMITER_ATTACK * sampleRate) - 1;
  return [`apad=pad_len=${late}`, `alimiter=level=0:limit=${limit}`, `asetpts=PTS-${late}`];
}
