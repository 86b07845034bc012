import { expect, test } from 'vitest';
import { sampleAudio, samplePlan } from '../../fixtures/plan.js';
import type { EncodePlan, PicturePlan } from '../../src/model/plan.js';
import { rational } from '../../src/model/rational.js';
import { videoOf, type AudioRendition } from '../../src/model/rendition.js';
import { audioCommands } from '../../src/tools/ffmpeg/audio.js';
import type { FfmpegCommand } from '../../src/tools/ffmpeg/command.js';
import { filtersOf } from '../../src/tools/ffmpeg/filters-of.js';
import { streamDecode, videoCommands } from '../../src/tools/ffmpeg/video.js';
import { localAddress } from '../../src/tools/input-safety.js';
import { FEATURES } from '../../src/tools/needed-features.js';

/** What is used of FFmpeg's filters is what doctor asks for, and nothing else is. */

const ADDRESS = localAddress('/in.mkv');

function pictures(plan: EncodePlan, picture: PicturePlan): FfmpegCommand[] {
  const work = { plan, address: ADDRESS, picture, rungs: videoOf(plan), first: 1, end: 2, folder: '/s' };
  const given = { ...work, features: { fpsMode: true } };
  return [...videoCommands(given, 'shared'), ...videoCommands(given, 'single-process'), streamDecode(given)];
}

function sound(plan: EncodePlan, audio: AudioRendition): FfmpegCommand[] {
  const work = { plan, address: ADDRESS, renditions: [audio], audio, first: 1, end: null, folder: '/s' };
  return [true, false].flatMap((pipes) => audioCommands({ ...work, titleEnd: rational(8) }, pipes));
}

test('the table names every filter that commands use, and no other', () => {
  const base = samplePlan('/in.mkv');
  const plain = base.picture ?? expect.unreachable();
  const held: EncodePlan = { ...base, timeline: { ...base.timeline, holdLastFrameSeconds: 2 } };
  const breaks = [{ afterSeconds: 3, jumpSeconds: -2, offsetSeconds: 2 }];
  const parts = [
    { index: 0, offsetSeconds: 0, breaks },
    { index: 2, offsetSeconds: 5, breaks: [] },
  ];
  const mended = [0, 1].map((track) => ({ track, parts }));
  const joined: EncodePlan = { ...base, input: { ...base.input, seekable: false, mended } };
  const used = filtersOf([
    ...[base, held, joined].flatMap((plan) => [...pictures(plan, plain), ...sound(plan, sampleAudio())]),
    ...pictures(base, { ...plain, weave: true }),
    ...pictures(base, { ...plain, deinterlace: { parity: 'tff', pictures: 'combed' }, hiddenLines: 32 }),
    ...[90, 180, 270].flatMap((clockwise) => pictures(base, { ...plain, mirror: true, clockwise: turned(clockwise) })),
    ...pictures(base, { ...plain, toneMap: 'pq' }),
    ...pictures(base, { ...plain, toneMap: 'hlg' }),
    ...pictures(base, { ...plain, wideGamut: true }),
    ...pictures(base, { ...plain, palette: true, inputRange: 'pc', matrixConversion: true }),
    ...sound(base, { ...sampleAudio(), limit: 0.89, downmix: true, sourceChannels: 6 }),
    ...sound(base, { ...sampleAudio(), discrete: true }),
    ...sound(base, { ...sampleAudio(), rightTrackIndex: 2 }),
    ...sound(base, { ...sampleAudio(), channels: 1 }),
  ]);
  const listed = FEATURES.filter(({ kind }) => kind === 'filter').map(({ name }) => name);
  expect(used.toSorted()).toEqual(listed.toSorted());
});

function turned(degrees: number): PicturePlan['clockwise'] {
  return ([0, 90, 180, 270] as const).find((one) => one === degrees) ?? expect.unreachable();
}

test('names are found among labels, quotes and what filters are given', () => {
  const graph =
    "[0:0]setpts=PTS+1,split=2[a][b];[a]select='if(eq(n,0),1,2)',nullsink;[b]metadata=file=pipe\\\\:3,fps@x=25[v]";
  expect(filtersOf([{ args: ['-i', 'x', '-filter_complex', graph, '-vf', 'setsar=1'] }])).toEqual([
    ...['setpts', 'split', 'select', 'nullsink', 'metadata', 'fps', 'setsar'],
  ]);
});
