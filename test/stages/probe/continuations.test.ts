import { expect, it } from 'vitest';
import { stream } from '../../../fixtures/ffprobe-report.js';
import type { SurveyedTrack } from '../../../src/model/media.js';
import { joinContinuations } from '../../../src/stages/probe/continuations.js';

const video = { codec_type: 'video', codec_name: 'h264', width: 320, height: 180, pix_fmt: 'yuv420p' };
const audio = { codec_type: 'audio', codec_name: 'aac', sample_rate: 48_000, channels: 2 };
const STREAMS = [video, audio, video, audio].map((parts, index) => stream({ index, ...parts }));

function track(index: number, startSeconds: number, endSeconds: number): SurveyedTrack {
  return { index, packets: 1, startSeconds, endSeconds, parts: [{ index, offsetSeconds: 0, breaks: [] }] };
}

function joined(streams = STREAMS, second: readonly [number, number] = [4, 8]): string[] {
  const tracks = [track(0, 0, 4), track(1, 0, 4), track(2, ...second), track(3, ...second)];
  return joinContinuations(streams, tracks).tracks.map(
    ({ parts, endSeconds }) => `${parts.map(({ index }) => index).join('+')} to ${endSeconds}`,
  );
}

it('joins tracks of one kind that go on where others end', () => {
  expect(joined()).toEqual(['0+2 to 8', '1+3 to 8']);
});

it('joins nothing that plays beside each other', () => {
  expect(joined(STREAMS, [2, 8])).toEqual(['0 to 4', '1 to 4', '2 to 8', '3 to 8']);
});

it('joins nothing of another shape or in another language', () => {
  const other = STREAMS.map((one) => {
    if (one.index === 2) return { ...one, width: 640 };
    return one.index === 3 ? { ...one, tags: { language: 'fra' } } : one;
  });
  expect(joined(other)).toEqual(['0 to 4', '1 to 4', '2 to 8', '3 to 8']);
});

it('joins sound whose channels and rate become others', () => {
  const surround = STREAMS.map((one) => (one.index === 3 ? { ...one, sample_rate: 44_100, channels: 6 } : one));
  expect(joined(surround)).toEqual(['0+2 to 8', '1+3 to 8']);
});

it('names what goes on and cannot be joined, and not what comes minutes later or beside another one', () => {
  const other = STREAMS.map((one) => (one.index === 2 ? { ...one, width: 640 } : one));
  const left = (second: readonly [number, number], more: readonly SurveyedTrack[] = []) => {
    const tracks = [track(0, 0, 4), track(1, 0, 4), track(2, ...second), track(3, ...second), ...more];
    return joinContinuations([...other, stream({ index: 4, ...video, width: 720 })], tracks).left;
  };
  expect(left([4, 8])).toEqual([{ index: 2, type: 'video', after: 0, atSeconds: 4 }]);
  expect(left([100, 108])).toEqual([]);
  expect(left([4, 8], [track(4, 1, 60)])).toEqual([]);
});
