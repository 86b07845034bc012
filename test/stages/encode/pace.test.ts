import { expect, test } from 'vitest';
import { createPace, type Pace } from '../../../src/stages/encode/pace.js';

/** Which of these segments the video has reached; asked before it begins. */
async function reached(segments: readonly number[], steps: (pace: Pace) => void): Promise<number[]> {
  const pace = createPace();
  const gone: number[] = [];
  for (const segment of segments) void pace.reached(segment).then(() => gone.push(segment));
  steps(pace);
  await new Promise(setImmediate);
  return gone;
}

test('sound waits until the video has come to its segment', async () => {
  expect(await reached([0, 5, 10], () => {})).toEqual([]);
  expect(await reached([0, 5, 10], (pace) => pace.videoBegan(0))).toEqual([0]);
  expect(await reached([0, 5, 10], (pace) => pace.videoBegan(7))).toEqual([0, 5]);
});

test('chunks are begun in any order: the furthest counts', async () => {
  const both = (pace: Pace): void => {
    pace.videoBegan(10);
    pace.videoBegan(0);
  };
  expect(await reached([5, 10, 11], both)).toEqual([5, 10]);
});

test('after the video, and where there is none, sound need not wait', async () => {
  expect(await reached([0, 5, 1e6], (pace) => pace.videoEnded())).toEqual([0, 5, 1e6]);
});

test('who comes later does not wait for what was before', async () => {
  const pace = createPace();
  pace.videoBegan(5);
  pace.videoBegan(0);
  await pace.reached(5);
  pace.videoEnded();
  await pace.reached(6);
});
