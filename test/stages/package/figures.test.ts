import { describe, expect, test } from 'vitest';
import { rational } from '../../../src/model/rational.js';
import { PlaylistClock, printSeconds, RateMeter, roundedSeconds } from '../../../src/stages/package/figures.js';

describe('the playlist clock', () => {
  test('does not drift over six hours of odd durations', () => {
    for (const [num, den] of [
      [144 * 1001, 24_000],
      [180 * 1001, 30_000],
      [282 * 1024, 44_100],
      [199 * 333_667, 10_000_000],
    ] as const) {
      const clock = new PlaylistClock();
      let printed = 0;
      for (let i = 0; i < 3600; i++) printed += Number(printSeconds(clock.advance(rational(num, den))));
      expect(printed).toBeCloseTo((num / den) * 3600, 5);
      expect(clock.total.num / clock.total.den).toBeCloseTo((num / den) * 3600, 6);
    }
  });

  test('keeps the exact sum of unlike parts', () => {
    const clock = new PlaylistClock();
    expect(clock.advance(rational(1, 3))).toBe(333_333);
    expect(clock.advance(rational(1, 3))).toBe(333_334);
    expect(clock.advance(rational(1, 3))).toBe(333_333);
    expect(clock.advance(rational(1, 7))).toBe(142_857);
    expect(clock.total).toEqual({ num: 8, den: 7 });
  });
});

test('seconds are printed to the microsecond', () => {
  expect([6_006_000, 0, 999_999, 60_000_001].map(printSeconds)).toEqual([
    '6.006000',
    '0.000000',
    '0.999999',
    '60.000001',
  ]);
});

test('rounding to whole seconds goes up at a half', () => {
  expect([6_006_000, 6_499_999, 6_500_000, 400_000].map(roundedSeconds)).toEqual([6, 6, 7, 0]);
});

describe('the peak', () => {
  /** [bytes, seconds] each. */
  const rates = (target: number, segments: readonly (readonly [number, number])[]): [number, number] => {
    const meter = new RateMeter(target);
    for (const [bytes, seconds] of segments) meter.add(bytes, seconds * 1e6);
    return [meter.rates.averageBitrate, meter.rates.peakBitrate];
  };

  test('is the dearest segment where segments are whole', () => {
    expect(
      rates(6, [
        [600, 6],
        [1200, 6],
        [300, 6],
      ]),
    ).toEqual([934, 1600]);
  });

  test('does not count a short last segment alone, but with the one before it', () => {
    // 2.9 s is less than half a target duration, 3 s is not.
    expect(
      rates(6, [
        [600, 6],
        [2900, 2.9],
      ]),
    ).toEqual([3147, 3147]);
    expect(
      rates(6, [
        [600, 6],
        [3000, 3],
      ]),
    ).toEqual([3200, 8000]);
  });

  test('takes runs of several short segments', () => {
    // Best run: the middle 4 s, 2 s alone would be too short for a target of 6 s.
    expect(
      rates(6, [
        [100, 2],
        [900, 2],
        [800, 2],
        [100, 2],
        [100, 2],
      ])[1],
    ).toBe(3400);
    // Up to 9 s and no more.
    expect(
      rates(6, [
        [0, 9],
        [900, 8],
        [900, 2],
      ])[1],
    ).toBe(900);
  });

  test('of a title too short for any run is its largest segment', () => {
    expect(rates(6, [[500, 1]])).toEqual([4000, 4000]);
    expect(
      rates(6, [
        [800, 1],
        [200, 1],
      ]),
    ).toEqual([4000, 6400]);
  });

  test('is never below the average, and nothing is zero', () => {
    expect(rates(6, [])).toEqual([0, 0]);
    expect(
      rates(6, [
        [10, 2],
        [9, 0.5],
      ]),
    ).toEqual([61, 61]);
  });

  test('remembers only what a run can hold', () => {
    const meter = new RateMeter(6);
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 3_000_000; i++) meter.add(1000, 6_000_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(60e6);
    expect(meter.rates).toEqual({ averageBitrate: 1334, peakBitrate: 1334 });
  });
});
