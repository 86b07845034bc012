import { expect, test } from 'vitest';
import {
  formatBitrate,
  formatBytes,
  formatClock,
  formatLength,
  formatPercent,
  formatSpeed,
} from '../../src/report/format.js';

test.each([
  [0, '0:00'],
  [59.99, '0:59'],
  [60, '1:00'],
  [3599, '59:59'],
  [3600, '1:00:00'],
  [86_399, '23:59:59'],
  [86_400 + 3 * 3600 + 240, '1d 03:04'],
  [-3, '0:00'],
])('clock %d → %s', (seconds, text) => expect(formatClock(seconds)).toBe(text));

test.each([
  [0, '0 b/s'],
  [950, '950 b/s'],
  [1_000, '1.0 kb/s'],
  [12_345, '12.3 kb/s'],
  [128_000, '128 kb/s'],
  [999_400, '999 kb/s'],
  [999_600, '1.00 Mb/s'],
  [4_213_000, '4.21 Mb/s'],
  [42_130_000, '42.1 Mb/s'],
  [421_300_000, '421 Mb/s'],
])('bit rate %d → %s', (value, text) => expect(formatBitrate(value)).toBe(text));

test.each([
  [0, '0 B'],
  [1_500_000_000, '1.50 GB'],
  [9_995_000, '10.0 MB'],
])('bytes %d → %s', (value, text) => expect(formatBytes(value)).toBe(text));

test.each([
  [0.421, '0.42x'],
  [4.06, '4.1x'],
  [99.96, '100x'],
])('speed %d → %s', (value, text) => expect(formatSpeed(value)).toBe(text));

test.each([
  [0, '0%'],
  [0.29, '29%'],
  [0.999999, '99%'],
  [1, '100%'],
  [1.3, '100%'],
])('share %d → %s', (value, text) => expect(formatPercent(value)).toBe(text));

test.each([
  [0, '0 s'],
  [0.467, '0.5 s'],
  [12, '12 s'],
  [39.016, '39 s'],
  [59.94, '59.9 s'],
  [59.96, '1:00'],
  [3599.6, '1:00:00'],
])('length %d → %s', (seconds, text) => expect(formatLength(seconds)).toBe(text));
