import { expect, test } from 'vitest';
import { sampleAudio, samplePlan } from '../../../fixtures/plan.js';
import { rational, toNumber } from '../../../src/model/rational.js';
import { audioToRedo, plannedAudioEnd } from '../../../src/pipeline/encoding/audio-end.js';

/** Segments of 2.002 s, a picture of 1001/24000 s, AAC frames of 1024/48000 s. */
const plan = samplePlan('a.mp4');
const audio = sampleAudio();
const SEGMENT = toNumber(plan.grid.segmentSeconds);
const PICTURE = 1001 / 24_000;
const FRAME = 1024 / 48_000;

/** What is to be made again of sound that ends at `end` seconds, with pictures of so many segments up to `videoEnd`. */
function redo(
  end: number,
  videoEnd: number,
  videoSegments = Math.ceil(videoEnd / SEGMENT - 1e-9),
  of = plan,
): number | null {
  const index = Math.ceil(end / SEGMENT - 1e-9) - 1;
  const start = Math.round(index * SEGMENT * audio.timescale);
  const frames = Math.round((end - index * SEGMENT) / FRAME);
  const last = {
    rendition: audio.id,
    index,
    file: `${index}.ts`,
    bytes: 1,
    start,
    frames,
    duration: rational(frames * 1024, 48_000),
    keyframes: [],
  };
  const length = rational(Math.round(videoEnd * 24_000), 24_000);
  return audioToRedo(of, audio, { segments: index + 1, last }, { segments: videoSegments, length });
}

test('audio that ends with the videos stays: within one of them, or a frame of its own', () => {
  expect(redo(9, 9)).toBeNull();
  expect(redo(9, 9 + 0.8 * PICTURE)).toBeNull();
  expect(redo(9 + 0.9 * FRAME, 9)).toBeNull();
});

test('sound that ends before them is made again from the segment in which it ends', () => {
  expect(redo(5, 9)).toBe(2);
  expect(redo(9 - 2 * PICTURE, 9)).toBe(4);
});

test('sound that goes on after them is made again from the segment in which they end', () => {
  expect(redo(30, 5)).toBe(2);
  expect(redo(30, 5 * SEGMENT)).toBe(4);
});

test('sound with another number of segments is made again, however near its end', () => {
  expect(redo(3 * SEGMENT - 0.01, 3 * SEGMENT + 0.01, 4)).toBe(2);
});

test('nothing before the title, and nothing after the last segment of its pictures, is asked for', () => {
  expect(redo(0.01, 9)).toBe(0);
  expect(redo(30, 9, 3)).toBe(2);
});

test('the end that headers promise is that of the pictures, to the frame', () => {
  const timeline = { ...plan.timeline, expectedFrames: 176 };
  expect(plannedAudioEnd({ ...plan, timeline })).toEqual(rational(176 * 1001, 24_000));
  expect(plannedAudioEnd(plan)).toBeNull();
  expect(plannedAudioEnd({ ...plan, timeline, picture: null })).toBeNull();
});

test('sound with a tail is made again from the segment that has it', () => {
  const tail = { index: 2, longest: rational(1, 2) };
  const withTail = { ...plan, grid: { ...plan.grid, tail } };
  const end = 2 * SEGMENT + 0.1;
  expect(redo(end, end + 1, 3, withTail)).toBe(1);
  expect(redo(end, end + 1, 3)).toBe(2);
});
