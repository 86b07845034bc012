import { describe, expect, test } from 'vitest';
import { samplePlan } from '../../../fixtures/plan.js';
import type { ContainerName } from '../../../src/model/packaging.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { audioOf, videoOf, type Rendition } from '../../../src/model/rendition.js';
import { planPackaging } from '../../../src/stages/plan/packaging.js';
import type { CodedSegment } from '../../../src/tools/coded/coded-segment.js';
import type { SegmentOf } from '../../../src/tools/coded/frame-clock.js';
import type { ClosedBytes } from '../../../src/tools/containers/container.js';
import { containerOf } from '../../../src/tools/containers/containers.js';
import { codedAudio, codedVideo } from './coded-segments.js';

/** What a container takes of an elementary stream is what it gives back: both, by the same plan. */

const PLAN: EncodePlan = samplePlan('movie.mp4', { packaging: planPackaging('hls,cmaf', { num: 24_000, den: 1001 }) });
const TIMESCALES = { mpegts: { video: 90_000, audio: 90_000 }, fmp4: { video: 24_000, audio: 48_000 } };

function segmentOf(kind: Rendition['kind'], container: ContainerName, index: number): SegmentOf {
  const [rendition] = kind === 'video' ? videoOf(PLAN) : audioOf(PLAN);
  if (!rendition) throw new Error(`there is no ${kind}`);
  return { plan: PLAN, rendition: { ...rendition, container, timescale: TIMESCALES[container][kind] }, index };
}

function write(coded: CodedSegment, segment: SegmentOf, carry = 0): ClosedBytes {
  const { index } = segment;
  const place = { index, carry, endsChunk: false, fragments: coded.kind === 'video' ? 2 : 1, frameTicks: 0 };
  return containerOf(segment.rendition).write(coded, segment, place);
}

describe.each(['mpegts', 'fmp4'] as const)('%s', (container) => {
  test.each([
    ['the first segment', 0],
    ['one in the middle of a chunk', 3],
    ['one of the second day, when the clock of MPEG-TS has begun anew', 60_000],
  ])('video: %s', (_, index) => {
    const segment = segmentOf('video', container, index);
    const coded = codedVideo(index * 48, 48);
    const { bytes, init } = write(coded, segment);
    expect(containerOf(segment.rendition).read(bytes, init, segment)).toEqual(coded);
  });

  test('audio, whose frames do not end with segments', () => {
    const segment = segmentOf('audio', container, 5);
    const coded = codedAudio(470, 94);
    const { bytes, init } = write(coded, segment);
    expect(containerOf(segment.rendition).read(bytes, init, segment)).toEqual(coded);
  });
});

test('MPEG-TS carries the frame that an encoder of AAC begins with, CMAF does not', () => {
  const coded = codedAudio(-1, 20);
  const [ts, cmaf] = [segmentOf('audio', 'mpegts', 0), segmentOf('audio', 'fmp4', 0)];
  expect(containerOf(ts.rendition).read(write(coded, ts).bytes, null, ts)).toMatchObject({ first: -1 });
  const { bytes, init } = write(coded, cmaf);
  const read = containerOf(cmaf.rendition).read(bytes, init, cmaf);
  expect(read).toMatchObject({ first: 0, frames: coded.frames.slice(1) });
});

describe('what is not sound is refused', () => {
  test('a frame between two places of the grid', () => {
    const segment = segmentOf('video', 'mpegts', 2);
    const { bytes } = write(codedVideo(96, 48), segment);
    const slower = { ...PLAN, grid: { ...PLAN.grid, frameRate: { num: 25, den: 1 } } };
    expect(() => containerOf(segment.rendition).read(bytes, null, { ...segment, plan: slower })).toThrow(
      expect.objectContaining({ reason: expect.stringContaining('is not on the grid') }),
    );
  });

  test('sound with a hole in it', () => {
    const segment = segmentOf('audio', 'mpegts', 2);
    const one = write(codedAudio(188, 40), segment);
    const other = write(codedAudio(230, 40), segmentOf('audio', 'mpegts', 3), one.carry);
    const joined = Buffer.concat([one.bytes, other.bytes]);
    expect(() => containerOf(segment.rendition).read(joined, null, segment)).toThrow(
      expect.objectContaining({ reason: 'sound is missing or doubled before audio frame 40' }),
    );
  });

  test('parameters that change in the middle of a segment', () => {
    const segment = segmentOf('video', 'mpegts', 0);
    const first = write(codedVideo(0, 24), segment);
    const coded = codedVideo(24, 24);
    const pps = [Buffer.from('68ef84f2c1', 'hex')];
    const second = write(
      { ...coded, parameters: { ...coded.parameters, pps } },
      segmentOf('video', 'mpegts', 1),
      first.carry,
    );
    expect(() =>
      containerOf(segment.rendition).read(Buffer.concat([first.bytes, second.bytes]), null, segment),
    ).toThrow(expect.objectContaining({ reason: 'its parameter sets (SPS, PPS) change' }));
  });
});
