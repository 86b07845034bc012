import { join } from 'node:path';
import { toNumber } from '../../model/rational.js';
import { audioEncoderOf } from '../encoders/encoders.js';
import { eachFrame, forPipe, inStep, wholeTrack, type AudioWork } from './audio-filters.js';
import type { FfmpegCommand } from './command.js';
import { globalArgs, INFO } from './command.js';
import { clockFilters, openSource, readingArgs, readTrack, type InputStart } from './input.js';
import { measureSound, measureSoundOf, tellSoundForms } from './measure.js';
import { cutArgs, listsOf } from './segment-muxer.js';

/** The first segment that must be run to get segment `first`: one before, for the encoder to warm up in. */
export function audioWarmUp(first: number): number {
  return Math.max(0, first - 1);
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
  const pipe = pipePath(work);
  return {
    label: `decode ${audio.name}`,
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(INFO),
      ...source.args,
      ...soundArgs(work, source.shiftSeconds, forPipe(work)),
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
  const measureFd = 3 + work.renditions.length;
  return {
    label: `encode ${work.audio.name}`,
    role: 'audio',
    readsSource: false,
    args: [
      ...globalArgs(),
      // With -seek_timestamp FFmpeg does not take the first time off all others.
      ...['-seek_timestamp', '1', '-f', 'nut', '-i', `file:${pipePath(work)}`],
      ...['-map', '0:0', '-af', wholeTrack(work).join(','), ...encodeArgs(work)],
      // What the filters have no use for is read as well: the decoder is to end by itself.
      ...measureSound(measureFd),
    ],
    outputs: listsOf({ renditions: work.renditions, listFd: 3 }),
    measureFd,
    writesTo: [],
  };
}

function encodeDirect(work: AudioWork): FfmpegCommand {
  const { plan, audio } = work;
  const source = openAudio(work);
  const measureFd = 3 + work.renditions.length;
  const [first = 'anull', ...rest] = wholeTrack(work);
  const measured = `asplit=2[whole][read];[whole]${first}`;
  return {
    label: `encode ${audio.name}`,
    role: 'audio',
    readsSource: true,
    args: [
      ...globalArgs(INFO),
      ...source.args,
      ...soundArgs(work, source.shiftSeconds, [measured, ...rest]),
      ...encodeArgs(work),
      ...measureSoundOf('[read]', measureFd),
      ...readingArgs(plan, audio.trackIndex),
    ],
    outputs: listsOf({ renditions: work.renditions, listFd: 3 }),
    measureFd,
    writesTo: [],
  };
}

function openAudio({ plan, audio, first, address }: AudioWork): InputStart {
  return openSource(plan, first * toNumber(plan.grid.segmentSeconds), address, audio.trackIndex);
}

/**
 * What a process takes from the source, with title time: `more` filters come after those that put the sound into its form.
 * A track that goes on in others has several inputs, and so a graph. Of two tracks one becomes the left channel, the other
 * the right; the longer one counts.
 */
function soundArgs(work: AudioWork, shiftSeconds: number, more: readonly string[]): string[] {
  const { plan, audio } = work;
  const { trackIndex, rightTrackIndex, channels } = audio;
  const read = (track: number): string => readTrack(plan, track, 'audio', shiftSeconds);
  if (rightTrackIndex === null) {
    const filters = [tellSoundForms(), ...eachFrame(work, channels), ...more];
    const clocks = clockFilters(plan, trackIndex, 'audio', shiftSeconds);
    const isOneChain = !filters.some((filter) => filter.includes('[read]'));
    if (clocks.length < 2 && isOneChain) return ['-map', `0:${trackIndex}`, '-af', [...clocks, ...filters].join(',')];
    return ['-filter_complex', `${read(trackIndex)}${filters.join(',')}[sound]`, '-map', '[sound]'];
  }
  const side = (place: string): string =>
    [...eachFrame(work, 1), ...inStep(audio.sampleRate, 0), `pan=${place}`].join(',');
  const [left, right] = channels === 2 ? ['stereo|FL=c0', 'stereo|FR=c0'] : ['mono|c0=0.5*c0', 'mono|c0=0.5*c0'];
  const graph = [
    `${read(trackIndex)}${tellSoundForms()},${side(left)}[left]`,
    `${read(rightTrackIndex).replaceAll('[part', '[more')}${side(right)}[right]`,
    `[left][right]${['amix=inputs=2:duration=longest:normalize=0', ...more].join(',')}[sound]`,
  ];
  return ['-filter_complex', graph.join(';'), '-map', '[sound]'];
}

/** Where sound passes from the decoder to the encoder. */
function pipePath({ audio, folder }: AudioWork): string {
  return `${join(folder, audio.id)}.pipe`;
}

function encodeArgs({ plan, audio, renditions, first, folder }: AudioWork): string[] {
  return [...audioEncoderOf(audio).args(audio), ...cutArgs({ plan, renditions, first, folder, listFd: 3 })];
}
