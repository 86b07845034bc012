import { describe, expect, it } from 'vitest';
import { earlier, nearestTurn } from '../../../src/tools/mpegts/clock.js';

const TURN = 2 ** 33;

it.each([
  [5, 0, 5],
  [5, TURN, TURN + 5],
  [5, TURN - 10, TURN + 5],
  [TURN - 5, 10, -5],
  [TURN - 5, TURN + 10, TURN - 5],
  [0, 3 * TURN + 1, 3 * TURN],
  [TURN - 1, 2 * TURN - 1, 2 * TURN - 1],
])('stamp %i near %i is time %i', (pts, near, time) => {
  expect(nearestTurn(pts, near)).toBe(time);
});

describe('earlier', () => {
  it.each([
    [1, 2, true],
    [2, 1, false],
    [2, 2, false],
    [TURN - 1, 1, true],
    [1, TURN - 1, false],
  ])('%i before %i: %s', (a, b, expected) => {
    expect(earlier(a, b)).toBe(expected);
  });
});
