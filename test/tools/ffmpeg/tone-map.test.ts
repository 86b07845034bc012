import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { toneMapFilters } from '../../../src/tools/ffmpeg/tone-map.js';

/** 10-bit limited-range signals (0…1, grey, or [R, G, B]) through the real filters; 8-bit [Y, U, V] of each. */
function mapped(from: 'pq' | 'hlg', signals: readonly (number | readonly [number, number, number])[]): number[][] {
  // Blocks of 16 columns, so that neither scaling nor subsampling mixes two.
  const width = signals.length * 16;
  const rows = 16;
  const planes = [0, 1, 2].map(() => new Uint16Array(width * rows));
  for (let at = 0; at < width * rows; at++) {
    const signal = signals[Math.floor((at % width) / 16)] ?? 0;
    const [r, g, b] = typeof signal === 'number' ? [signal, signal, signal] : signal;
    const luma = 0.2627 * r + 0.678 * g + 0.0593 * b;
    planes[0]?.fill(Math.round(64 + 876 * luma), at, at + 1);
    planes[1]?.fill(Math.round(512 + (896 * (b - luma)) / 1.8814), at, at + 1);
    planes[2]?.fill(Math.round(512 + (896 * (r - luma)) / 1.4746), at, at + 1);
  }
  const { stdout, stderr } = spawnSync(
    'ffmpeg',
    [
      ...[
        '-v',
        'error',
        '-f',
        'rawvideo',
        '-pixel_format',
        'yuv444p10le',
        '-video_size',
        `${width}x${rows}`,
        '-i',
        '-',
      ],
      ...[
        '-vf',
        `${toneMapFilters(from, 'tv', { width, height: rows }).join(',')},format=yuv444p`,
        '-f',
        'rawvideo',
        '-',
      ],
    ],
    { input: Buffer.concat(planes.map((plane) => Buffer.from(plane.buffer))) },
  );
  expect(stderr.toString()).toBe('');
  const middle = (index: number, plane: number): number =>
    stdout[plane * width * rows + 8 * width + index * 16 + 8] ?? -1;
  return signals.map((_, index) => [0, 1, 2].map((plane) => middle(index, plane)));
}

/** SMPTE ST 2084. */
function pq(nits: number): number {
  const light = (nits / 10_000) ** (2610 / 16384);
  return ((3424 / 4096 + (2413 / 128) * light) / (1 + (2392 / 128) * light)) ** ((2523 / 4096) * 128);
}

test('PQ: black stays black, a grey card and diffuse white are where eyes expect them, the top is not clipped', () => {
  const [black, card, white, bright, brighter, top] = mapped('pq', [0, ...[26, 203, 800, 2000, 4000].map(pq)]);
  expect(black).toEqual([16, 128, 128]);
  // 0.55 and 0.88 of 219 steps above 16.
  expect(card?.[0]).toBeGreaterThan(132);
  expect(card?.[0]).toBeLessThan(140);
  expect(white?.[0]).toBeGreaterThan(204);
  expect(white?.[0]).toBeLessThan(212);
  expect(bright?.[0]).toBeLessThan(brighter?.[0] ?? 0);
  // One step below 235 may be lost to rounding in 12 bits.
  expect(top?.[0]).toBeGreaterThanOrEqual(234);
  expect(top?.slice(1)).toEqual([128, 128]);
});

test('HLG: the same light comes out the same', () => {
  // BT.2408: diffuse white is 75 % of HLG, a grey card 38 %; on a display of 1000 cd/m² that is 203 and 26.
  const [black, card, white, top] = mapped('hlg', [0, 0.38, 0.75, 1]);
  const [, pqCard, pqWhite, pqTop] = mapped('pq', [0, ...[26, 203, 1000].map(pq)]);
  expect(black).toEqual([16, 128, 128]);
  expect(Math.abs((card?.[0] ?? 0) - (pqCard?.[0] ?? 0))).toBeLessThanOrEqual(2);
  expect(Math.abs((white?.[0] ?? 0) - (pqWhite?.[0] ?? 0))).toBeLessThanOrEqual(2);
  expect(Math.abs((top?.[0] ?? 0) - (pqTop?.[0] ?? 0))).toBeLessThanOrEqual(2);
});

test('a light brighter than the display goes towards white and keeps its detail', () => {
  const lamp = (nits: number) => [pq(nits), pq(nits * 0.6), pq(nits * 0.25)] as const;
  const [dim, bright, brighter] = mapped('pq', [lamp(50), lamp(1000), lamp(2000)]);
  // BT.2020 orange: blue-difference well below grey, and nearer to it the brighter it is.
  expect(dim?.[1]).toBeLessThan(105);
  expect(bright?.[1]).toBeGreaterThan((dim?.[1] ?? 0) + 5);
  expect(brighter?.[0]).toBeGreaterThan((bright?.[0] ?? 0) + 2);
});
