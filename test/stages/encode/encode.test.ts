import { readdir, readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { sampleAudio, samplePlan, sampleSchedule } from '../../../fixtures/plan.js';
import { rational, toNumber } from '../../../src/model/rational.js';
import { videoOf } from '../../../src/model/rendition.js';
import { encode } from '../../../src/stages/encode/encode.js';
import { isAlive } from '../../support/alive.js';
import { collect, useEncodings } from './encodings.js';

const made = useEncodings();
let source: string;
beforeEach(async () => {
  source = await clip('film7');
});

describe('encode', () => {
  it('cuts every rung and the audio on the grid, decoding once', async () => {
    const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
    const { segments, chunks } = await collect(made.request(plan, 'a'));
    const frames = (id: string): number[] => segments.filter((s) => s.rendition === id).map((s) => s.frames);
    expect(frames('360p-00000001')).toEqual([48, 48, 48, 32]);
    expect(frames('240p-00000001')).toEqual([48, 48, 48, 32]);
    expect(segments.filter((s) => s.rendition === '360p-00000001').map((s) => s.start)).toEqual([
      0, 180180, 360360, 540540,
    ]);
    const chunksOf = (name: string): string[] =>
      chunks
        .filter(({ rendition }) => rendition.name === name)
        .map(({ first, segments: end, ended }) => `${first}–${end}${ended ? ' end' : ''}`)
        .toSorted();
    expect(chunksOf('360p')).toEqual(['0–2', '2–4 end']);
    expect(chunksOf('240p')).toEqual(['0–2', '2–4 end']);
    expect(chunksOf('audio-en')).toEqual(['0–4 end']);
    const audio = segments.filter((s) => s.rendition === 'audio-en-00000001');
    const seconds = audio.reduce((sum, { duration }) => sum + toNumber(duration), 0);
    expect(seconds).toBeCloseTo(7.3, 1);
    expect((await readdir(made.path('a'))).filter((name) => name.startsWith('parts'))).toEqual([]);
  });

  it.each([true, false])(
    'ends where the source does, at the end of a chunk as well (can be sought: %s)',
    async (seekable) => {
      const base = samplePlan(source);
      // 176 frames in all: four segments of 44.
      const grid = {
        ...base.grid,
        framesPerSegment: 44,
        framesPerGop: 22,
        segmentSeconds: rational(44 * 1001, 24_000),
      };
      const plan = { ...base, grid, input: { ...base.input, seekable } };
      const spans = videoOf(plan).map((rendition) => ({ rendition, first: 0, end: null }));
      const { segments, chunks } = await collect(made.request(plan, 'a', { spans }));
      const top = segments.filter(({ rendition }) => rendition === '360p-00000001');
      expect(top.map(({ frames }) => frames)).toEqual([44, 44, 44, 44]);
      const ends = chunks.filter(({ rendition }) => rendition.name === '360p');
      expect(ends.map(({ first, segments: end, ended }) => [first, end, ended]).toSorted()).toEqual([
        [0, 2, false],
        [2, 4, false],
        [4, 4, true],
      ]);
    },
  );

  it('starts no chunk that headers do not promise before the one before it is whole', async () => {
    const base = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
    const schedule = { ...sampleSchedule(base), chunksAtOnce: 4, chunksAtFirst: 4 };
    const { commands } = await collect(made.request(base, 'a', { schedule }));
    expect(commands.filter((label) => label === 'decode')).toHaveLength(2);
  });

  it('pads and cuts audio to the wanted end', async () => {
    const plan = samplePlan(source, { renditions: [sampleAudio()] });
    const { segments } = await collect(made.request(plan, 'a', { audioEnd: rational(10) }));
    const frames = segments.reduce((sum, s) => sum + s.frames, 0);
    expect(frames * 1024).toBeGreaterThanOrEqual(10 * 48_000);
    expect(frames * 1024).toBeLessThan(10 * 48_000 + 3 * 1024);
  });

  it('stops all processes when the consumer stops reading', async () => {
    const { job, site, run } = made.request(samplePlan(source), 'a');
    for await (const item of encode(job, site, run)) if (item.kind === 'segment') break;
    expect(made.ffmpegs()).toEqual([]);
  });

  it('throws the signal’s reason when aborted, and leaves no process', async () => {
    const controller = new AbortController();
    const run = collect(made.request(samplePlan(source), 'a', { signal: controller.signal }), ({ kind }) => {
      if (kind === 'segment') controller.abort(new Error('enough'));
    });
    await expect(run).rejects.toThrow('enough');
    expect(made.ffmpegs()).toEqual([]);
  });

  it('ends at once when it was aborted before it began, however many chunks are made side by side', async () => {
    const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 1 } });
    const schedule = { ...sampleSchedule(plan), chunksAtOnce: 3, chunksAtFirst: 3 };
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(collect(made.request(plan, 'a', { schedule, signal }))).rejects.toThrow('enough');
  });

  it('names the failed process and shows its last words', async () => {
    const plan = samplePlan(source);
    const [top, low] = videoOf(plan);
    if (!top || !low) return expect.unreachable();
    const renditions = [top, { ...low, options: { preset: 'nonsense' } }];
    await expect(collect(made.request({ ...plan, renditions }, 'a'))).rejects.toMatchObject({
      code: 'encode-failed',
      message: 'FFmpeg failed: encode 240p',
    });
  });

  it('throws no sooner than all that is made beside what failed has ended', async () => {
    const ffmpeg = await made.ffmpegAfter(
      // The decoder of the first chunk does not listen; an encoder of the second fails when that is under way.
      `pid='${made.path('pid')}'`,
      `case "$*" in`,
      `  *-f' 'rawvideo' 'file:*00000.pipe*) trap '' TERM; echo $$ > "$pid"; while :; do sleep 0.02; done ;;`,
      `  *-video_size' '426x240*00001.pipe*) until [[ -s $pid ]]; do sleep 0.02; done; exit 7 ;;`,
      `esac`,
    );
    const plan = samplePlan(source, { renditions: videoOf(samplePlan(source)) });
    const schedule = { ...sampleSchedule(plan), chunksAtFirst: 2 };
    await expect(collect(made.request(plan, 'a', { ffmpeg, schedule }))).rejects.toMatchObject({
      code: 'encode-failed',
      message: 'FFmpeg failed: encode 240p',
    });
    expect(isAlive(Number(await readFile(made.path('pid'), 'utf8')))).toBe(false);
    expect(made.ffmpegs()).toEqual([]);
    expect((await readdir(made.path('a'))).filter((name) => name.startsWith('parts'))).toEqual([]);
  });

  it('ends where none of what is asked for is a whole chunk', async () => {
    const plan = samplePlan(source);
    const spans = videoOf(plan).map((rendition) => ({ rendition, first: 1, end: 2 }));
    expect((await collect(made.request(plan, 'a', { spans }))).segments).toEqual([]);
  });
});
