import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { sampleAudio, samplePlan, sampleSchedule } from '../../../fixtures/plan.js';
import type { Segment } from '../../../src/model/artifact.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { toNumber } from '../../../src/model/rational.js';
import { videoOf } from '../../../src/model/rendition.js';
import { encode, type EncodeItem, type EncodeRequest } from '../../../src/stages/encode/encode.js';
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
    const plan = samplePlan(source);
    const { segments, ended } = await collect(request(plan, 'a'));
    const frames = (id: string): number[] => segments.filter((s) => s.rendition === id).map((s) => s.frames);
    expect(frames('360p-00000001')).toEqual([48, 48, 48, 32]);
    expect(frames('240p-00000001')).toEqual([48, 48, 48, 32]);
    expect(segments.filter((s) => s.rendition === '360p-00000001').map((s) => s.start)).toEqual([
      0, 180180, 360360, 540540,
    ]);
    expect(ended.map(({ rendition, segments: count }) => `${rendition.name} ${count}`).toSorted()).toEqual([
      '240p 4',
      '360p 4',
      'audio-en 4',
    ]);
    const audio = segments.filter((s) => s.rendition === 'audio-en-00000001');
    const seconds = audio.reduce((sum, { duration }) => sum + toNumber(duration), 0);
    expect(seconds).toBeCloseTo(7.3, 1);
    expect((await readdir(join(folder, 'a'))).filter((name) => name.startsWith('parts'))).toEqual([]);
  });

  for (const mode of ['shared', 'per-rung', 'single-process'] as const) {
    it(`gives the same frames and times when it goes on from a later segment (${mode})`, async () => {
      const plan = samplePlan(source);
      const schedule = sampleSchedule(plan, mode);
      const whole = await collect({ ...request(plan, 'whole'), schedule });
      const resumed = await collect({ ...request(plan, 'resumed', 2), schedule });
      for (const rendition of ['360p-00000001', '240p-00000001', 'audio-en-00000001']) {
        const later = whole.segments.filter((s) => s.rendition === rendition && s.index >= 2);
        const again = resumed.segments.filter((s) => s.rendition === rendition);
        expect(again.map(timing)).toEqual(later.map(timing));
        expect(await readdir(join(folder, 'resumed', rendition))).toEqual(['00002.ts', '00003.ts']);
      }
      // Not only as many frames at the same times, but the same pictures: lossy twins of the same source frame.
      const psnr = similarity(join('whole', '360p-00000001', '00002.ts'), join('resumed', '360p-00000001', '00002.ts'));
      expect(psnr).toBeGreaterThan(30);
    });
  }

  it('makes the same pictures in every mode', async () => {
    const plan = samplePlan(source);
    await collect(request(plan, 'shared'));
    for (const mode of ['per-rung', 'single-process'] as const) {
      await collect({ ...request(plan, mode), schedule: sampleSchedule(plan, mode) });
      for (const rung of videoOf(plan)) {
        const a = await readFile(join(folder, 'shared', rung.id, '00001.ts'));
        expect(a.equals(await readFile(join(folder, mode, rung.id, '00001.ts')))).toBe(true);
      }
    }
  });

  it('pads and cuts audio to the wanted end', async () => {
    const plan = samplePlan(source, { picture: null, renditions: [sampleAudio()] });
    const { segments } = await collect({ ...request(plan, 'a'), audioEndSamples: 10 * 48_000 });
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

function request(plan: EncodePlan, name: string, first = 0): EncodeRequest {
  return {
    plan,
    address: localAddress(plan.source.absolutePath),
    schedule: sampleSchedule(plan),
    spans: plan.renditions.map((rendition) => ({ rendition, first })),
    audioEndSamples: null,
    folder: join(folder, name),
    ffmpeg: 'ffmpeg',
    features: { fpsMode: true },
    stallSeconds: 30,
    signal: new AbortController().signal,
    emit: () => {},
  };
}

type Ended = Extract<EncodeItem, { kind: 'ended' }>;

async function collect(
  encodeRequest: EncodeRequest,
  onSegment: () => void = () => {},
): Promise<{ segments: Segment[]; ended: Ended[] }> {
  const segments: Segment[] = [];
  const ended: Ended[] = [];
  for await (const item of encode(encodeRequest)) {
    if (item.kind === 'ended') ended.push(item);
    if (item.kind !== 'segment') continue;
    segments.push(item.segment);
    onSegment();
  }
  return { segments, ended };
}

function timing({ index, start, frames, keyframes }: Segment): unknown {
  return { index, start, frames, keyframes: keyframes.map(({ time }) => time) };
}

/** PSNR in dB of two segments' pictures. */
function similarity(a: string, b: string): number {
  const inputs = ['-i', join(folder, a), '-i', join(folder, b)];
  const { stderr: log } = spawnSync('ffmpeg', [...inputs, '-lavfi', 'psnr', '-f', 'null', '-'], { encoding: 'utf8' });
  return Number(/average:([\d.]+|inf)/.exec(log)?.[1]?.replace('inf', '99') ?? 0);
}

function ffmpegsIn(path: string): string[] {
  const list = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.startsWith('ffmpeg') && line.includes(path));
}
