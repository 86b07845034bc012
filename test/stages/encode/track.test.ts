import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sampleAudio, samplePlan, sampleRung } from '../../../fixtures/plan.js';
import { audioSegments, videoSegments } from '../../../fixtures/segments.js';
import type { Rendition } from '../../../src/model/rendition.js';
import { trackSegments, type SegmentTrack } from '../../../src/stages/encode/track.js';

/** Segments of 48, 48 and 24 frames, which are closed one after the other. */

const base = samplePlan('source.mp4');
const plan = { ...base, grid: { ...base.grid, segmentsPerChunk: 4 } };
const rung = sampleRung('90p', 160, 90, 100_000);
const audio = sampleAudio();

let root = '';
let parts = '';
let folder = '';
let taken: number[] = [];
let errors: unknown[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mediactl-track-'));
  const video = { size: '160x90', rate: '24000/1001', gop: 24, segmentSeconds: 2.002 };
  await videoSegments(join(root, 'made', rung.id), { ...video, seconds: 5 });
  await audioSegments(join(root, 'made', audio.id), { seconds: 5, segmentSeconds: 2.002, sampleRate: 48_000 });
});
beforeEach(async () => {
  parts = await mkdtemp(join(root, 'parts-'));
  folder = await mkdtemp(join(root, 'whole-'));
  await cp(join(root, 'made'), parts, { recursive: true });
  for (const { id } of [rung, audio]) await mkdir(join(folder, id));
  taken = [];
  errors = [];
});
afterAll(() => rm(root, { recursive: true, force: true }));

function track(first: number, end: number | null, rendition: Rendition = rung): SegmentTrack {
  const span = { rendition, first, end, start: 0, carry: 0 };
  return trackSegments(
    { plan, audioEnd: null },
    span,
    { parts, folder },
    {
      protect: null,
      onInit: () => Promise.resolve(),
      onSegment: ({ index }) => void taken.push(index),
      onError: (error) => void errors.push(error),
    },
  );
}

const isBroken = { code: 'grid-broken' };

test('a short segment counts only where the processes have ended well', async () => {
  const chunk = track(0, null);
  for (const file of ['00000.ts', '00001.ts', '00002.ts']) chunk.closed(file);
  await chunk.idle();
  expect(taken).toEqual([0, 1]);
  expect(await readdir(join(folder, rung.id))).toEqual(['00000.ts', '00001.ts']);
  expect(await chunk.isWhole()).toBe(false);
  expect(await chunk.finish()).toEqual({
    segments: 3,
    frames: 120,
    codecs: expect.stringMatching(/^avc1\./),
    whole: false,
  });
  expect(taken).toEqual([0, 1, 2]);
  expect(errors).toEqual([]);
});

test('a chunk is whole when its last segment reaches its end', async () => {
  const chunk = track(0, 2);
  chunk.closed('00000.ts');
  expect(await chunk.isWhole()).toBe(false);
  chunk.closed('00001.ts');
  expect(await chunk.isWhole()).toBe(true);
  expect(await chunk.finish()).toMatchObject({ segments: 2, frames: 96, whole: true });
});

test.each([
  ['a segment is left out', 0, null, ['00001.ts']],
  ['one comes after a short one', 0, null, ['00000.ts', '00001.ts', '00002.ts', '00003.ts']],
  ['frames come past the end of the chunk', 0, 1, ['00000.ts', '00001.ts']],
] as const)('the grid is broken where %s', async (_, first, end, files) => {
  await cp(join(parts, rung.id, '00002.ts'), join(parts, rung.id, '00003.ts'));
  const chunk = track(first, end);
  for (const file of files) chunk.closed(file);
  await chunk.idle();
  expect(errors.length).toBeGreaterThan(0);
  expect(errors[0]).toMatchObject(isBroken);
  await expect(chunk.finish()).rejects.toMatchObject(isBroken);
});

test('what an encoder of audio warms up in, and what it makes past the chunk, is thrown away', async () => {
  const chunk = track(1, 2, audio);
  for (const file of ['00000.ts', '00001.ts', '00002.ts']) chunk.closed(file);
  expect(await chunk.finish()).toMatchObject({ segments: 2, whole: true });
  expect(taken).toEqual([1]);
  expect(await readdir(join(folder, audio.id))).toEqual(['00001.ts']);
  expect(await readdir(join(parts, audio.id))).toEqual([]);
});
