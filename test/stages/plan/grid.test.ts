import { describe, expect, it } from 'vitest';
import { formatRational, multiply, parseRational, rational, toNumber } from '../../../src/model/rational.js';
import { planGrid } from '../../../src/stages/plan/grid.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';

const UNKNOWN = { expectedSeconds: null, expectedFrames: null };
const lasting = (expectedSeconds: number | null) => ({
  expectedSeconds,
  expectedFrames: expectedSeconds === null ? null : Math.round(expectedSeconds * 25),
});

const gridOf = (seconds: number, rate: string, keyframeSeconds = 2) =>
  planGrid({ seconds, keyframeSeconds }, parseRational(rate), UNKNOWN, new PlanNotes());

describe('the grid', () => {
  it.each<[number, string, number, number, string]>([
    [6, '24000/1001', 144, 48, '3003/500'],
    [6, '24', 144, 48, '6'],
    [6, '25', 150, 50, '6'],
    [6, '30000/1001', 180, 60, '3003/500'],
    [6, '60000/1001', 360, 120, '3003/500'],
    [10, '60000/1001', 600, 120, '1001/100'],
    [2, '30', 60, 60, '2'],
    [6, '25/2', 75, 25, '6'],
    [6, '15000/1001', 90, 30, '3003/500'],
    [6, '100/3', 201, 67, '603/100'],
    [6, '1', 6, 2, '6'],
    [1, '1', 1, 1, '1'],
  ])('%f s at %s fps: %i frames, a keyframe every %i, %s s exactly', (seconds, rate, frames, gop, exact) => {
    const grid = gridOf(seconds, rate);
    expect([grid.framesPerSegment, grid.framesPerGop, formatRational(grid.segmentSeconds)]).toEqual([
      frames,
      gop,
      exact,
    ]);
  });

  it('is whole GOPs, exact, and at most half a second from its target, at any rate', () => {
    for (const seconds of [2, 4, 6, 10]) {
      for (let num = 1000; num <= 60_000; num += 137) {
        const rate = rational(num, 1000);
        const { framesPerSegment, framesPerGop, segmentSeconds } = gridOf(seconds, formatRational(rate));
        expect((framesPerSegment ?? 0) % (framesPerGop ?? 1)).toBe(0);
        expect(multiply(segmentSeconds, rate)).toEqual(rational(framesPerSegment ?? 0));
        // At two frames a second a frame is half a second long already.
        if (num >= 6000) expect(Math.abs(toNumber(segmentSeconds) - seconds)).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it('never has more keyframes than frames', () => {
    expect(gridOf(6, '1', 0.25)).toMatchObject({ framesPerSegment: 6, framesPerGop: 1 });
  });

  it('without picture is time alone', () => {
    expect(planGrid({ seconds: 6, keyframeSeconds: 2 }, null, UNKNOWN, new PlanNotes())).toEqual({
      frameRate: null,
      framesPerSegment: null,
      framesPerGop: null,
      segmentSeconds: { num: 6, den: 1 },
      segmentsPerChunk: 5,
      tail: null,
    });
  });

  it('is encoded in chunks as long as the ladder says', () => {
    const segment = { seconds: 2, keyframeSeconds: 2, chunkSeconds: 9 };
    expect(planGrid(segment, rational(25), lasting(3600), new PlanNotes()).segmentsPerChunk).toBe(5);
  });

  it.each([
    [6, null, 5],
    [6, 3600, 5],
    [6, 121, 5],
    [6, 120, 2],
    [6, 20, 2],
    [2, 3600, 15],
    [10, 3600, 3],
    [10, 60, 1],
    [60, 3600, 1],
  ])('of %d s segments, %s s long, is encoded in chunks of %i', (seconds, length, chunk) => {
    const grid = planGrid({ seconds, keyframeSeconds: 2 }, rational(25), lasting(length), new PlanNotes());
    expect(grid.segmentsPerChunk).toBe(chunk);
  });
});
