import { expect, it } from 'vitest';
import { parseRational } from '../../../src/model/rational.js';
import { planPackaging } from '../../../src/stages/plan/packaging.js';

it.each([
  ['25', 1.4],
  ['60', 1.4],
  ['2', 1.5],
  ['1', 3],
  ['15/7', 1.4],
  ['3/2', 2],
])('at %s fps time 0 of the title is at %f s of the transport stream', (rate, zeroSeconds) => {
  expect(planPackaging(parseRational(rate)).zeroSeconds).toBe(zeroSeconds);
});

it('a title of sound alone is HLS with transport streams, too', () => {
  expect(planPackaging(null)).toEqual({
    container: 'mpegts',
    manifests: ['hls'],
    zeroSeconds: 1.4,
    protection: null,
  });
});
