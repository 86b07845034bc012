import type { EncodePlan } from '../../model/plan.js';
import { multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import { containerOf } from '../containers/containers.js';
import { audioEncoderOf } from '../encoders/encoders.js';
import type { FfmpegCommand } from './command.js';
import { globalArgs } from './command.js';
import { openSource, readingArgs, shiftFilter } from './input.js';

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
 */
export function audioCommand(work: AudioWork): FfmpegCommand {
  const { plan, audio, first, folder } = work;
  const source = openSource(plan, first * toNumber(plan.grid.segmentSeconds), work.address);
  return {
    label: `encode ${audio.name}`,
    role: 'audio',
    args: [
      ...globalArgs(),
      ...source.args,
      ...['-map', `0:${audio.trackIndex}`],
      ...['-af', audioFilters(work, source.shiftSeconds).join(',')],
      ...audioEncoderOf(audio).args(audio),
      ...containerOf(plan.packaging).cutArgs({ plan, rendition: audio, first, folder, listFd: 3 }),
      ...readingArgs(plan, audio.trackIndex),
    ],
    outputs: [{ rendition: audio.id, listFd: 3 }],
    writesTo: [],
  };
}

/** Frames after the end of a chunk that its last ones are encoded with. */
const LOOK_AHEAD = 4;

function audioFilters({ plan, audio, first, end, titleEnd }: AudioWork, shiftSeconds: number): string[] {
  const samplesPerSegment = toNumber(multiply(plan.grid.segmentSeconds, rational(audio.sampleRate)));
  const base = Math.round(first * samplesPerSegment);
  const cut = end === null ? Infinity : Math.round(end * samplesPerSegment) + LOOK_AHEAD * audio.samplesPerFrame;
  const titleSamples = titleEnd === null ? Infinity : Math.round(toNumber(titleEnd) * audio.sampleRate);
  const last = Math.min(cut, titleSamples) - base;
  // Frames stand at multiples of their length from 0, in every span: a span begins with the frame that the
  // uninterrupted run would have there.
  const start = Math.ceil(base / audio.samplesPerFrame) * audio.samplesPerFrame;
  return [
    shiftFilter('asetpts', shiftSeconds),
    // One channel becomes two of the same level; swresample would take 3 dB off.
    audio.sourceChannels === 1 && audio.channels === 2 ? 'pan=stereo|c0=c0|c1=c0' : null,
    `aformat=sample_rates=${audio.sampleRate}:sample_fmts=fltp:channel_layouts=${audio.channels === 2 ? 'stereo' : 'mono'}`,
    // Folding six channels into two can exceed full scale on loud passages; 1 dB is left for what AAC overshoots.
    audio.downmix ? 'alimiter=level=0:limit=0.89' : null,
    // Silence where the track starts late or has a gap, samples dropped where it starts early or overlaps.
    `aresample=async=1:first_pts=${start}`,
    base > 0 ? `asetpts=PTS-${base}` : null,
    titleEnd === null ? null : 'apad',
    Number.isFinite(last) ? `atrim=end_pts=${last}` : null,
  ].filter((filter) => filter !== null);
}
