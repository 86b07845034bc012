import { expect, test } from 'vitest';
import { sampleAudio, samplePlan, sampleRungs } from '../../fixtures/plan.js';
import { chunkStart, segmentsPerChunk } from '../../src/model/chunk.js';
import type { EncodePlan } from '../../src/model/plan.js';

const [rung] = sampleRungs();
const audio = sampleAudio();

function plan(seekable: boolean): EncodePlan {
  const base = samplePlan('a.mp4');
  return { ...base, grid: { ...base.grid, segmentsPerChunk: 10 }, input: { ...base.input, seekable } };
}

test('video is made in the chunks of the plan, whether the source can be sought or not', () => {
  expect(segmentsPerChunk(plan(true), rung!)).toBe(10);
  expect(segmentsPerChunk(plan(false), rung!)).toBe(10);
});

test('sound has longer chunks, which begin where chunks of video do; one where the source cannot be sought', () => {
  const length = segmentsPerChunk(plan(true), audio);
  expect(length).toBeGreaterThan(10);
  expect(length % 10).toBe(0);
  expect(segmentsPerChunk(plan(false), audio)).toBe(Infinity);
});

test.each([
  [0, 10, 0],
  [9, 10, 0],
  [10, 10, 10],
  [25, 10, 20],
  [7, 1, 7],
  [0, Infinity, 0],
  [12_345, Infinity, 0],
])('segment %i, in chunks of %d, is in the one that begins with %i', (index, length, first) => {
  expect(chunkStart(index, length)).toBe(first);
});
