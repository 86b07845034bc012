import { expect, test } from 'vitest';
import { RateWindow, type Rates } from '../../../src/stages/verify/rate-window.js';
import type { SizedSegment } from '../../../src/stages/verify/segments.js';

interface Piece {
  readonly bytes: number;
  readonly micros: number;
}

function measured(targetSeconds: number | null, pieces: readonly Piece[]): Rates {
  const window = new RateWindow(targetSeconds);
  for (const [index, { bytes, micros }] of pieces.entries()) {
    const segment: SizedSegment = {
      index,
      path: 'a.ts',
      initPath: null,
      micros,
      range: null,
      discontinuity: false,
      bytes,
      fileBytes: bytes,
    };
    window.add(segment);
  }
  return window.rates;
}

/** By every run there is. */
function peakOf(targetSeconds: number, pieces: readonly Piece[]): number {
  let peak = 0;
  for (let first = 0; first < pieces.length; first++) {
    for (let end = first + 1; end <= pieces.length; end++) {
      const run = pieces.slice(first, end);
      const micros = run.reduce((sum, piece) => sum + piece.micros, 0);
      const bytes = run.reduce((sum, piece) => sum + piece.bytes, 0);
      if (micros >= 0.5e6 * targetSeconds && micros <= 1.5e6 * targetSeconds) {
        peak = Math.max(peak, (bytes * 8e6) / micros);
      }
    }
  }
  return peak;
}

test('the peak is that of the worst run of 0.5 to 1.5 target durations', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below;
  for (let round = 0; round < 50; round++) {
    const pieces = Array.from({ length: 40 }, () => ({
      bytes: random(1_000_000),
      micros: 100_000 + random(4_000_000),
    }));
    const target = 1 + random(6);
    const average = pieces.reduce((sum, { bytes }) => sum + bytes, 0) * 8e6;
    const { peak, average: found } = measured(target, pieces);
    expect(found).toBeCloseTo(average / pieces.reduce((sum, { micros }) => sum + micros, 0), 3);
    expect(peak).toBeCloseTo(Math.max(peakOf(target, pieces), found), 3);
  }
});

test('where no run is long enough it is the rate of the largest', () => {
  const pieces = [
    { bytes: 1000, micros: 1_000_000 },
    { bytes: 3000, micros: 2_000_000 },
  ];
  expect(measured(20, pieces)).toEqual({ peak: 12_000, average: (4000 * 8) / 3 });
  expect(measured(null, pieces).peak).toBe(12_000);
  expect(measured(6, [])).toEqual({ peak: 0, average: 0 });
});
