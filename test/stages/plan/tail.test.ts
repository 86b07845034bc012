import { expect, it } from 'vitest';
import { parseRational, rational, toNumber } from '../../../src/model/rational.js';
import { planGrid } from '../../../src/stages/plan/grid.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';

function gridOf(seconds: number, rate: string, frames: number, chunkSeconds?: number) {
  const frameRate = parseRational(rate) ?? rational(25);
  const expected = { expectedSeconds: frames / toNumber(frameRate), expectedFrames: frames };
  return planGrid({ seconds, keyframeSeconds: 2, chunkSeconds }, frameRate, expected, new PlanNotes());
}

it.each<[number, string, number, number | null]>([
  [6, '25', 301, 2],
  [6, '25', 306, 2],
  // From a quarter of a second on it is a segment of its own.
  [6, '25', 307, null],
  [6, '25', 300, null],
  [6, '25', 299, null],
  [6, '30000/1001', 181, 1],
  [6, '60', 360 * 100 + 15, 100],
  [6, '60', 360 * 100 + 16, null],
  // A single frame is longer than what is too short.
  [6, '2', 13, null],
  // There is no segment before it.
  [6, '25', 3, null],
  [2, '25', 53, 1],
  [10, '24', 241, 1],
])('of segments of %d s at %s fps, %i frames: the tail is segment %j', (seconds, rate, frames, index) => {
  expect(gridOf(seconds, rate, frames).tail?.index ?? null).toBe(index);
});

it('with its tail a segment, of sound too, is never longer than the target duration, rounded', () => {
  for (const seconds of [1, 2, 4, 6, 10]) {
    for (let num = 5000; num <= 60_000; num += 531) {
      const { framesPerSegment, segmentSeconds } = gridOf(seconds, `${num}/1000`, 1000);
      const { tail } = gridOf(seconds, `${num}/1000`, 3 * (framesPerSegment ?? 0) + 1);
      if (!tail) continue;
      const longest = toNumber(segmentSeconds) + toNumber(tail.longest) + (2 * 1024) / 32_000;
      expect(Math.round(longest)).toBeLessThanOrEqual(Math.max(1, Math.round(toNumber(segmentSeconds))));
    }
  }
});

it('is of the chunk of the segment before it', () => {
  expect(gridOf(6, '25', 150 * 4 + 1)).toMatchObject({ tail: { index: 4 }, segmentsPerChunk: 3 });
  expect(gridOf(6, '25', 150 * 5 + 1)).toMatchObject({ tail: { index: 5 }, segmentsPerChunk: 2 });
  expect(gridOf(6, '25', 150 * 600 + 1)).toMatchObject({ tail: { index: 600 }, segmentsPerChunk: 7 });
  expect(gridOf(6, '25', 150 * 4 + 1, 6)).toMatchObject({ segmentsPerChunk: 3 });
});

it('of sound alone goes by time', () => {
  const grid = (expectedSeconds: number) =>
    planGrid({ seconds: 6, keyframeSeconds: 2 }, null, { expectedSeconds, expectedFrames: null }, new PlanNotes());
  expect(grid(12.04).tail).toEqual({ index: 2, longest: rational(435, 1000) });
  expect(grid(12.000001).tail).toBeNull();
  expect(grid(12).tail).toBeNull();
  expect(grid(11.99).tail).toBeNull();
  expect(grid(12.3).tail).toBeNull();
});

it('is told', () => {
  const notes = new PlanNotes();
  const expected = { expectedSeconds: 12.04, expectedFrames: 301 };
  planGrid({ seconds: 6, keyframeSeconds: 2 }, rational(25), expected, notes);
  expect(notes.decisions.at(-1)).toEqual({
    subject: 'last segment',
    choice: '6.04 s',
    reason: 'the last 0.04 s are too short for a segment of their own',
  });
});
