import fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleAudio, samplePlan, sampleRung } from '../../../fixtures/plan.js';
import { audioSegments, videoSegments } from '../../../fixtures/segments.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { rational } from '../../../src/model/rational.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { closeSegment } from '../../../src/stages/encode/close-segment.js';
import { measureSegment, type MeasuredSegment } from '../../../src/stages/encode/measure.js';

const plan = samplePlan('source.mp4');
const rung = sampleRung('90p', 160, 90, 100_000);
const audio = sampleAudio();
const video = { size: '160x90', rate: '24000/1001', gop: 24, segmentSeconds: 2.002 };

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(tmpdir(), 'mediactl-measure-'));
  await videoSegments(path.join(folder, rung.id), { ...video, seconds: 5 });
  await audioSegments(path.join(folder, audio.id), { seconds: 5, segmentSeconds: 2.002, sampleRate: 48_000 });
});
afterAll(async () => fs.rm(folder, { recursive: true, force: true }));

async function measured(of: EncodePlan, rendition: Rendition, file: string): Promise<MeasuredSegment> {
  const closed = await closeSegment(of, rendition, folder, file, 0, null);
  if (!closed) throw new Error(`${file} is empty`);
  return measureSegment(of, rendition, closed);
}

const broken = { code: 'grid-broken' };

describe('a segment of a rung', () => {
  test('is measured on the title’s timeline', async () => {
    expect(await measured(plan, rung, '00001.ts')).toMatchObject({
      full: true,
      codecs: expect.stringMatching(/^avc1\./),
      segment: {
        rendition: rung.id,
        index: 1,
        start: 180_180,
        frames: 48,
        duration: rational(1001, 500),
        keyframes: [{ time: 180_180 }, { time: 270_270 }],
      },
    });
  });

  test('is not full when it ends before its boundary', async () => {
    expect(await measured(plan, rung, '00002.ts')).toMatchObject({
      full: false,
      segment: { frames: 24 },
    });
  });

  test('in another place than its own is broken', async () => {
    await fs.copyFile(path.join(folder, rung.id, '00001.ts'), path.join(folder, rung.id, '00004.ts'));
    await expect(measured(plan, rung, '00004.ts')).rejects.toMatchObject(broken);
  });

  test('with more frames than the grid gives it is broken', async () => {
    const grid = { ...plan.grid, framesPerSegment: 47 };
    await expect(measured({ ...plan, grid }, rung, '00000.ts')).rejects.toMatchObject({
      reason: 'it holds 48 frames, more than 47',
    });
  });

  test('that begins without an IDR picture is broken', async () => {
    await videoSegments(path.join(folder, 'open'), { ...video, seconds: 4, options: ['-x264-params', 'open-gop=1'] });
    const open = { ...rung, id: 'open' };
    await expect(measured(plan, open, '00001.ts')).rejects.toMatchObject(broken);
  });
});

describe('a segment of audio', () => {
  test('begins with the priming, a frame early, and has its codec from its bytes', async () => {
    expect(await measured(plan, audio, '00000.ts')).toMatchObject({
      full: true,
      codecs: 'mp4a.40.2',
      segment: { start: -1920, keyframes: [] },
    });
  });

  test('goes on where the one before it ended', async () => {
    const [first, second] = await Promise.all(
      ['00000.ts', '00001.ts'].map(async (file) => (await measured(plan, audio, file)).segment),
    );
    expect(second?.start).toBe(-1920 + (first?.frames ?? 0) * 1920);
    expect(second?.duration).toEqual(rational((second?.frames ?? 0) * 1024, 48_000));
  });

  test('is not full when it ends before its boundary', async () => {
    expect((await measured(plan, audio, '00002.ts')).full).toBe(false);
  });

  test('is not taken for video', async () => {
    const asVideo = { ...rung, id: audio.id };
    await expect(measured(plan, asVideo, '00000.ts')).rejects.toMatchObject({
      reason: 'it has no video',
    });
  });
});
