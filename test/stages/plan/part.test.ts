import { describe, expect, test } from 'vitest';
import { audioTrack, mediaInfo, planRequest, videoTrack } from '../../../fixtures/media-info.js';
import type { EncodePlan } from '../../../src/model/plan.js';
import { rational } from '../../../src/model/rational.js';
import type { WantedPart } from '../../../src/stages/plan/part.js';
import { plan } from '../../../src/stages/plan/plan.js';

const NTSC = rational(30_000, 1001);
const video = videoTrack({ realFrameRate: NTSC, averageFrameRate: NTSC, durationSeconds: 60, startSeconds: 0 });
const audio = audioTrack({ durationSeconds: 60, startSeconds: 0 });

function planned(part: Partial<WantedPart>, tracks: Parameters<typeof mediaInfo>[0] = {}): EncodePlan {
  return plan(
    mediaInfo({ video: [video], audio: [audio], ...tracks }),
    planRequest({ start: null, end: null, ...part }),
  );
}

describe('a part of a title', () => {
  test('begins and ends with the frames nearest to the times asked for', () => {
    const { timeline, decisions } = planned({ start: 20.5, end: 31.25 });
    expect(timeline).toEqual({
      originSeconds: 20.487133333,
      expectedSeconds: 10.777433,
      lengthFrom: 'headers',
      expectedFrames: 323,
      holdLastFrameSeconds: 0,
      part: { startSeconds: (614 * 1001) / 30_000, length: rational(323 * 1001, 30_000) },
    });
    expect(decisions).toContainEqual({
      subject: 'part',
      choice: '0:20.487 to 0:31.265',
      reason: 'set with --start and --end, in whole frames',
    });
  });

  test('is counted from the start of the title, not of the container', () => {
    const late = { ...video, startSeconds: 1.5 };
    const sound = { ...audio, startSeconds: 1.5 };
    expect(planned({ start: 1001 / 1000 }, { video: [late], audio: [sound] }).timeline.originSeconds).toBe(2.501);
  });

  test('of sound alone is cut at samples', () => {
    const { timeline } = planned({ start: 1.00001, end: 2 }, { video: [], audio: [audio] });
    expect(timeline).toMatchObject({ originSeconds: 1, expectedFrames: null, part: { length: rational(1) } });
  });

  test('that begins at 0 and has no end is the whole, under the same names', () => {
    const whole = planned({});
    expect(planned({ start: 0 })).toEqual(whole);
    const ids = [{}, { start: 1 }, { end: 50 }, { start: 1, end: 50 }].map((part) => planned(part).renditions[0]?.id);
    expect(new Set(ids).size).toBe(4);
  });

  test('holds the last picture only as long as it reaches past it', () => {
    const sound = { ...audio, durationSeconds: 65 };
    const held = (part: Partial<WantedPart>): number => planned(part, { audio: [sound] }).timeline.holdLastFrameSeconds;
    expect(held({ start: 10 })).toBe(5);
    expect(held({ end: 50 })).toBe(0);
    expect(held({ end: 62 })).toBeCloseTo(2, 1);
    expect(() => held({ start: 61 })).toThrow('--start 1:01 is after the last frame');
  });
});

describe('a part that is not there', () => {
  test.each([
    [{ start: 60 }, '--start 1:00 is beyond the end'],
    [{ end: 60.2 }, '--end 1:00.2 is beyond the end'],
    [{ start: 5, end: 5 }, '--start 0:05 is not before --end 0:05'],
    [{ start: 5, end: 5.01 }, '--start 0:05 is not before --end 0:05.01'],
    [{ end: 0 }, '--end 0:00 leaves nothing'],
  ])('%o is refused', (part, message) => {
    expect(() => planned(part)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  test('cannot be told where the length is unknown; what headers round is no mistake', () => {
    const unknown = { ...video, durationSeconds: null };
    const container = { durationSeconds: null };
    const tracks = { video: [unknown], audio: [{ ...audio, durationSeconds: null }], container };
    expect(planned({ start: 100, end: 200 }, tracks).timeline).toMatchObject({ expectedSeconds: null });
    expect(planned({ end: 60.04 }).timeline.expectedFrames).toBe(1798);
  });
});
