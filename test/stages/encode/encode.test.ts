import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { sampleAudio, samplePlan, sampleSchedule } from '../../../fixtures/plan.js';
import type { Segment } from '../../../src/model/artifact.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { rational, toNumber } from '../../../src/model/rational.js';
import { videoOf } from '../../../src/model/rendition.js';
import type { EncodeItem, EncodeRequest } from '../../../src/stages/encode/encode-run.js';
import { encode } from '../../../src/stages/encode/encode.js';
import { localAddress } from '../../../src/tools/input-safety.js';

let folder: string;
let source: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl encode %d '));
  source = await clip('film7');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('encode', () => {
  it('cuts every rung and the audio on the grid, decoding once', async () => {
    const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
    const { segments, chunks } = await collect(request(plan, 'a'));
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
    expect((await readdir(join(folder, 'a'))).filter((name) => name.startsWith('parts'))).toEqual([]);
  });

  it('makes the same bytes in every mode, however many chunks are made side by side', async () => {
    const plan = samplePlan(source);
    await collect(request(plan, 'whole'));
    const expected = await bytesIn('whole');
    expect(Object.keys(expected)).toHaveLength(12);
    for (const mode of ['shared', 'per-rung', 'single-process'] as const) {
      for (const chunksAtOnce of [1, 3]) {
        const name = `${mode} ${chunksAtOnce}`;
        const schedule = { ...sampleSchedule(plan, mode), chunksAtOnce, chunksAtFirst: chunksAtOnce };
        await collect({ ...request(plan, name), schedule });
        expect(await bytesIn(name)).toEqual(expected);
      }
    }
  });

  it('makes the same bytes when it makes one rung, one chunk or the end alone', async () => {
    const plan = samplePlan(source, { prediction: { maxBytes: null, segments: 4 } });
    await collect(request(plan, 'whole'));
    const expected = await bytesIn('whole');
    const [top, low] = videoOf(plan);
    if (!top || !low) return expect.unreachable();
    const spans = [
      { rendition: low, first: 0, end: 2 },
      { rendition: top, first: 2, end: null },
    ];
    const { chunks } = await collect({ ...request(plan, 'part'), spans });
    expect(chunks.map(({ rendition, ended }) => [rendition.name, ended]).toSorted()).toEqual([
      ['240p', false],
      ['360p', true],
    ]);
    const part = await bytesIn('part');
    expect(Object.keys(part)).toEqual([
      `${low.id}/00000.ts`,
      `${low.id}/00001.ts`,
      `${top.id}/00002.ts`,
      `${top.id}/00003.ts`,
    ]);
    expect(expected).toMatchObject(part);
  });

  it('hands the chunks of a source that cannot be sought from one decoder to fresh encoders', async () => {
    const base = samplePlan(source);
    const plan = { ...base, input: { ...base.input, seekable: false } };
    const { commands } = await collect(request(plan, 'whole'));
    expect(commands.filter((label) => label === 'decode')).toHaveLength(1);
    expect(commands.filter((label) => label === 'encode 360p').length).toBeGreaterThanOrEqual(2);
    const expected = await bytesIn('whole');
    expect(Object.keys(expected)).toHaveLength(12);
    const spans = videoOf(plan).map((rendition) => ({ rendition, first: 2, end: null }));
    await collect({ ...request(plan, 'later'), spans });
    const later = await bytesIn('later');
    expect(Object.keys(later)).toHaveLength(4);
    expect(expected).toMatchObject(later);
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
      const { segments, chunks } = await collect({ ...request(plan, 'a'), spans });
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
    const { commands } = await collect({ ...request(base, 'a'), schedule });
    expect(commands.filter((label) => label === 'decode')).toHaveLength(2);
  });

  it('pads and cuts audio to the wanted end', async () => {
    const plan = samplePlan(source, { picture: null, renditions: [sampleAudio()] });
    const { segments } = await collect({ ...request(plan, 'a'), audioEnd: rational(10) });
    const frames = segments.reduce((sum, s) => sum + s.frames, 0);
    expect(frames * 1024).toBeGreaterThanOrEqual(10 * 48_000);
    expect(frames * 1024).toBeLessThan(10 * 48_000 + 3 * 1024);
  });

  it('stops all processes when the consumer stops reading', async () => {
    for await (const item of encode(request(samplePlan(source), 'a'))) if (item.kind === 'segment') break;
    expect(ffmpegsIn(folder)).toEqual([]);
  });

  it('throws the signal’s reason when aborted, and leaves no process', async () => {
    const controller = new AbortController();
    const run = collect({ ...request(samplePlan(source), 'a'), signal: controller.signal }, () =>
      controller.abort(new Error('enough')),
    );
    await expect(run).rejects.toThrow('enough');
    expect(ffmpegsIn(folder)).toEqual([]);
  });

  it('names the failed process and shows its last words', async () => {
    const plan = samplePlan(source);
    const [top, low] = videoOf(plan);
    if (!top || !low) return expect.unreachable();
    const renditions = [top, { ...low, options: { preset: 'nonsense' } }];
    await expect(collect(request({ ...plan, renditions }, 'a'))).rejects.toMatchObject({
      code: 'encode-failed',
      message: 'FFmpeg failed: encode 240p',
    });
  });
});

function request(plan: EncodePlan, name: string): EncodeRequest {
  return {
    plan,
    address: localAddress(plan.source.absolutePath),
    schedule: sampleSchedule(plan),
    spans: plan.renditions.map((rendition) => ({ rendition, first: 0, end: null })),
    doneSeconds: new Map(),
    audioEnd: null,
    folder: join(folder, name),
    ffmpeg: 'ffmpeg',
    features: { fpsMode: true },
    stallSeconds: 30,
    signal: new AbortController().signal,
    emit: () => {},
  };
}

type Chunk = Extract<EncodeItem, { kind: 'chunk' }>;

async function collect(
  encodeRequest: EncodeRequest,
  onSegment: () => void = () => {},
): Promise<{ segments: Segment[]; chunks: Chunk[]; commands: string[] }> {
  const segments: Segment[] = [];
  const chunks: Chunk[] = [];
  const commands: string[] = [];
  const emit: EncodeRequest['emit'] = (event) => event.type === 'command' && commands.push(event.label);
  for await (const item of encode({ ...encodeRequest, emit })) {
    if (item.kind === 'chunk') chunks.push(item);
    if (item.kind !== 'segment') continue;
    segments.push(item.segment);
    onSegment();
  }
  return { segments: segments.toSorted((a, b) => a.index - b.index), chunks, commands };
}

/** Path → checksum of all segments that were made there. */
async function bytesIn(name: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of (await readdir(join(folder, name), { recursive: true })).toSorted()) {
    if (!path.endsWith('.ts')) continue;
    found[path] = createHash('md5')
      .update(await readFile(join(folder, name, path)))
      .digest('hex');
  }
  return found;
}

function ffmpegsIn(path: string): string[] {
  const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.startsWith('ffmpeg') && line.includes(path));
}
