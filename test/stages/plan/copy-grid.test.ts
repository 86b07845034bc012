import { expect, it } from 'vitest';
import { fitGrid } from '../../../src/stages/plan/copy-grid.js';

const every = (step: number, frames: number): number[] =>
  Array.from({ length: Math.ceil(frames / step) }, (_, i) => i * step);

it.each<[string, number[], number, number, number, number | null]>([
  ['GOPs of 48 frames, segments of 96', every(48, 960), 960, 96, 96, null],
  ['GOPs of 50 frames, segments of 150', every(50, 1490), 1490, 150, 150, null],
  ['keyframes at scene cuts, too', [...every(96, 960), 13, 200].toSorted((a, b) => a - b), 960, 96, 96, null],
  ['GOPs of 60 frames, where segments of 144 were wanted', every(60, 1000), 1000, 144, 120, null],
  ['GOPs of 100 frames, where segments of 144 were wanted', every(100, 1000), 1000, 144, 100, null],
  ['GOPs of 250 frames, where segments of 150 were wanted', every(250, 1000), 1000, 150, 150, 150],
  ['a keyframe that is a frame late', [0, 96, 193, 288], 384, 96, 96, 192],
  ['no keyframe at the start', [24, 48], 96, 24, 24, 0],
  ['one segment', [0], 100, 144, 144, null],
])('%s', (_, keyframes, frames, wanted, framesPerSegment, missing) => {
  expect(fitGrid(keyframes, frames, wanted)).toEqual({ framesPerSegment, missing });
});
