import { describe, expect, it } from 'vitest';
import { approximate, formatRational, multiply, parseRational, rational } from '../../src/model/rational.js';

describe('rational', () => {
  it('is in lowest terms with the sign on top', () => {
    expect(rational(60_000, 2002)).toEqual({ num: 30_000, den: 1001 });
    expect(rational(3, -6)).toEqual({ num: -1, den: 2 });
    expect(rational(0, 5)).toEqual({ num: 0, den: 1 });
  });

  it('refuses what is no fraction', () => {
    expect(() => rational(1, 0)).toThrow(RangeError);
    expect(() => rational(0.5)).toThrow(RangeError);
    expect(parseRational('0/0')).toBeNull();
    expect(parseRational('N/A')).toBeNull();
  });

  it('reads and writes what FFmpeg writes', () => {
    expect(parseRational('30000/1001')).toEqual({ num: 30_000, den: 1001 });
    expect(parseRational('64:45')).toEqual({ num: 64, den: 45 });
    expect(formatRational(rational(24_000, 1001))).toBe('24000/1001');
    expect(formatRational(rational(25))).toBe('25');
  });

  it('stays exact over days of frames', () => {
    const frames = rational(24 * 3600 * 60 * 1000);
    expect(multiply(frames, rational(1001, 60_000))).toEqual(rational(86_486_400));
  });
});

describe('approximate', () => {
  it.each<[number, number, string]>([
    [23.976_023_976, 1001, '24000/1001'],
    [12.5, 1001, '25/2'],
    [25, 1001, '25'],
    [0.5, 1, '0'],
    [Math.PI, 10, '22/7'],
    [Math.PI, 100, '311/99'],
    [Math.PI, 113, '355/113'],
    [-1.5, 10, '-3/2'],
    [0, 10, '0'],
  ])('%f within a denominator of %i is %s', (value, most, expected) => {
    expect(formatRational(approximate(value, most))).toBe(expected);
  });

  it('is the best there is, by trying all', () => {
    for (const value of [0.318_3, 7.777_1, 19.613, 29.989, 2.718_281_8]) {
      for (const most of [1, 5, 30, 97]) {
        const { num, den } = approximate(value, most);
        const error = Math.abs(num / den - value);
        for (let d = 1; d <= most; d++)
          expect(error).toBeLessThanOrEqual(Math.abs(Math.round(value * d) / d - value) + 1e-12);
      }
    }
  });

  it('refuses what is not finite', () => {
    expect(() => approximate(Number.NaN, 10)).toThrow(RangeError);
  });
});
