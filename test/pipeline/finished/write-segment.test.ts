import { describe, expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { rational } from '../../../src/model/rational.js';
import { audioOf, videoOf } from '../../../src/model/rendition.js';
import { cutTail, writeSegment } from '../../../src/pipeline/finished/write-segment.js';
import { measureSegment } from '../../../src/stages/encode/measure.js';
import { codedAudio, codedVideo } from '../../tools/coded/coded-segments.js';

const SAMPLE: EncodePlan = samplePlan('movie.mp4');
/** The title ends three frames after its fourth segment. */
const PLAN: EncodePlan = { ...SAMPLE, grid: { ...SAMPLE.grid, tail: { index: 3, longest: rational(1, 2) } } };
const [rung] = videoOf(PLAN);
const [sound] = audioOf(PLAN);
if (!rung || !sound) throw new Error('the sample has changed');

describe('the tail of a title', () => {
  test('of video is what a segment has more than its frames', () => {
    const { segment, tail } = cutTail(codedVideo(96, 51), PLAN, rung, 2);
    expect([segment, tail].map((piece) => piece?.frames.length)).toEqual([48, 3]);
    expect(cutTail(codedVideo(96, 48), PLAN, rung, 2).tail).toBeNull();
    expect(cutTail(codedVideo(48, 48), PLAN, rung, 1).tail).toBeNull();
  });

  test('of audio begins with the first frame at the boundary or after it', () => {
    // Segment 3 begins at 6.006 s, in frame 281 of 1024 samples.
    const { segment, tail } = cutTail(codedAudio(188, 100), PLAN, sound, 2);
    expect(segment.frames).toHaveLength(282 - 188);
    expect(tail).toMatchObject({ first: 282 });
    expect(tail?.frames).toHaveLength(6);
  });

  test('is written as a segment of its own, and joined', () => {
    const coded = codedVideo(96, 51);
    const closed = writeSegment(coded, PLAN, rung, { index: 2, carry: 0 });
    expect(closed).toMatchObject({ file: '00002.ts', hasTail: true });
    const { segment } = measureSegment(PLAN, rung, closed);
    expect(segment).toMatchObject({ frames: 51, index: 2 });
  });
});

test('a segment that begins elsewhere is noticed when it is measured', () => {
  const closed = writeSegment(codedVideo(49, 48), PLAN, rung, { index: 1, carry: 0 });
  expect(() => measureSegment(PLAN, rung, closed)).toThrow(expect.objectContaining({ code: 'grid-broken' }));
});
