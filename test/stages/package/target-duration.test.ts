import { expect, test } from 'vitest';
import { sampleAudio, samplePlan, sampleRungs } from '../../../fixtures/plan.js';
import { parseRational } from '../../../src/model/rational.js';
import { targetDuration } from '../../../src/stages/package/target-duration.js';

// A frame of AAC at 48 kHz lasts 21.3 ms, at 32 kHz 32 ms.
test.each([
  ['6', [48_000], 6],
  ['6006/1000', [48_000], 6],
  ['6', [], 6],
  ['1/10', [48_000], 1],
  ['645/100', [], 6],
  ['645/100', [48_000], 6],
  ['645/100', [48_000, 32_000], 7],
  ['649/100', [48_000], 7],
  ['65/10', [], 7],
])('segments of %s s with audio at %j Hz: %i s', (seconds, rates, target) => {
  const plan = samplePlan('a.mp4');
  const segmentSeconds = parseRational(seconds) ?? expect.unreachable();
  const audio = rates.map((sampleRate) => ({ ...sampleAudio(), sampleRate }));
  const renditions = [...sampleRungs(), ...audio];
  expect(targetDuration({ ...plan, grid: { ...plan.grid, segmentSeconds }, renditions })).toBe(target);
});
