import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, videoTrack } from '../../../fixtures/media-info.js';
import type { AudioTrack, Container, VideoTrack } from '../../../src/model/media.js';
import { parseRational } from '../../../src/model/rational.js';
import { PlanNotes } from '../../../src/stages/plan/notes.js';
import { planTimeline } from '../../../src/stages/plan/timeline.js';

function timelineOf(
  video: VideoTrack | null,
  sounds: readonly AudioTrack[],
  { container = {}, rate = '25' }: { container?: Partial<Container>; rate?: string } = {},
) {
  const notes = new PlanNotes();
  const frameRate = video === null ? null : parseRational(rate);
  const timeline = planTimeline(mediaInfo({ container }), video, sounds, frameRate, notes);
  return { ...timeline, said: notes.decisions.map(({ subject, choice }) => `${subject}: ${choice}`) };
}

describe('the origin', () => {
  it('is where the picture starts', () => {
    const timeline = timelineOf(videoTrack({ startSeconds: 3883.260444 }), [audioTrack({ startSeconds: 3883.336678 })]);
    expect(timeline).toMatchObject({ originSeconds: 3883.260444, expectedSeconds: 10, expectedFrames: 250 });
  });

  it('a little sound before the picture is cut', () => {
    expect(timelineOf(videoTrack({ startSeconds: 0.08 }), [audioTrack()]).originSeconds).toBe(0.08);
  });

  it('much sound before it is kept, over the first picture', () => {
    const timeline = timelineOf(videoTrack({ startSeconds: 2, durationSeconds: 8 }), [
      audioTrack({ startSeconds: 1 }),
      audioTrack({ index: 2, startSeconds: 0.5, durationSeconds: 9.5 }),
    ]);
    expect(timeline).toMatchObject({ originSeconds: 0.5, expectedSeconds: 10.0 - 0.5 + 1, holdLastFrameSeconds: 1 });
  });

  it('of sound alone is the earliest', () => {
    const timeline = timelineOf(null, [
      audioTrack({ startSeconds: 0.5, durationSeconds: 9 }),
      audioTrack({ startSeconds: 0.023 }),
    ]);
    expect(timeline).toMatchObject({ originSeconds: 0.023, expectedSeconds: 10, expectedFrames: null });
  });

  it('may be before 0', () => {
    expect(timelineOf(videoTrack({ startSeconds: -0.04 }), [audioTrack({ startSeconds: -0.04 })]).originSeconds).toBe(
      -0.04,
    );
  });
});

describe('the end', () => {
  it('is the end of the picture', () => {
    const timeline = timelineOf(videoTrack(), [audioTrack({ durationSeconds: 7.233 })]);
    expect(timeline).toMatchObject({ expectedSeconds: 10, holdLastFrameSeconds: 0 });
    expect(timeline.said).toContain('audio track 1: silence for 2.767 s at the end');
  });

  it('the last picture is held while the sound goes on', () => {
    const timeline = timelineOf(videoTrack(), [audioTrack({ durationSeconds: 12.5 })]);
    expect(timeline).toMatchObject({ expectedSeconds: 12.5, expectedFrames: 313, holdLastFrameSeconds: 2.5 });
  });

  it('the padding of the last audio frame is cut', () => {
    expect(timelineOf(videoTrack(), [audioTrack({ durationSeconds: 10.09 })])).toMatchObject({
      expectedSeconds: 10,
      holdLastFrameSeconds: 0,
    });
  });

  it('is not guessed from a container whose length may be that of something else', () => {
    const timeline = timelineOf(videoTrack({ durationSeconds: null }), [audioTrack({ durationSeconds: 30 })], {
      container: { durationSeconds: 10.287 },
    });
    expect(timeline).toMatchObject({ expectedSeconds: 10.287, holdLastFrameSeconds: 0 });
  });

  it("takes the container's start off its length", () => {
    const video = videoTrack({ startSeconds: 5.079, durationSeconds: null });
    expect(timelineOf(video, [], { container: { startSeconds: 5, durationSeconds: 10.079 } }).expectedSeconds).toBe(10);
  });

  it.each([null, 0])('is unknown where nothing says it (%s)', (durationSeconds) => {
    const timeline = timelineOf(videoTrack({ durationSeconds }), [], { container: { durationSeconds } });
    expect(timeline).toMatchObject({ expectedSeconds: null, expectedFrames: null });
    expect(timeline.said).toContain('length: unknown');
  });
});

it('late sound gets silence first', () => {
  expect(timelineOf(videoTrack(), [audioTrack({ startSeconds: 0.087 })]).said).toContain(
    'audio track 1: silence for 0.087 s first',
  );
});

it('the shortest title has a frame', () => {
  expect(timelineOf(videoTrack({ durationSeconds: 0.001 }), []).expectedFrames).toBe(1);
});

it('a clock that jumps is no length', () => {
  const long = [videoTrack({ durationSeconds: 20_000 }), [audioTrack({ durationSeconds: 20_000 })]] as const;
  expect(timelineOf(...long, { container: { discontinuous: true } }).expectedSeconds).toBeNull();
  expect(timelineOf(...long).expectedSeconds).toBe(20_000);
  const usual = timelineOf(videoTrack(), [audioTrack()], { container: { discontinuous: true } });
  expect(usual.expectedSeconds).toBe(10);
});
