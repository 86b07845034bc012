import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest, videoTrack, VOD, type MediaParts } from '../../../fixtures/media-info.js';
import type { MediaInfo } from '../../../src/model/media.js';
import { rational } from '../../../src/model/rational.js';
import { audioOf, videoOf } from '../../../src/model/rendition.js';
import { plan } from '../../../src/stages/plan/plan.js';
import type { PlanRequest } from '../../../src/stages/plan/request.js';
import { versionOf } from '../../../src/stages/plan/version.js';

const BASE: MediaParts = { audio: [audioTrack(), audioTrack({ index: 2, language: 'fr', isDefault: false })] };

function versions(media: MediaInfo, request: Partial<PlanRequest> = {}) {
  const made = plan(media, planRequest(request));
  return {
    video: Object.fromEntries(videoOf(made).map(({ name, version }) => [name, version])),
    audio: Object.fromEntries(audioOf(made).map(({ name, version }) => [name, version])),
  };
}

const base = versions(mediaInfo(BASE));
const allOf = ({ video, audio }: typeof base) => [...Object.values(video), ...Object.values(audio)];

it('a version is eight hex digits, the id its name and it', () => {
  for (const { id, name, version } of plan(mediaInfo(), planRequest()).renditions) {
    expect(version).toMatch(/^[0-9a-f]{8}$/);
    expect(id).toBe(`${name}-${version}`);
  }
  expect(new Set(allOf(base)).size).toBe(7);
});

it('the order of keys does not count', () => {
  expect(versionOf({ a: 1, b: { c: [1, { x: 1, y: 2 }], d: null } })).toBe(
    versionOf({ b: { d: null, c: [1, { y: 2, x: 1 }] }, a: 1 }),
  );
  expect(versionOf({ a: [1, 2] })).not.toBe(versionOf({ a: [2, 1] }));
});

describe('nothing changes with', () => {
  it.each<[string, MediaParts, Partial<PlanRequest>]>([
    ['the path of the source', { source: { path: '/elsewhere/x.mp4', absolutePath: '/elsewhere/x.mp4' } }, {}],
    ['the version of FFmpeg', {}, { capabilities: { ...planRequest().capabilities, version: '8.0', major: 8 } }],
    ["the container's length", { container: { durationSeconds: 99 } }, {}],
    ["the picture's length", { video: [videoTrack({ durationSeconds: 11 })] }, {}],
    ['warnings', { warnings: [{ code: 'x', message: 'x' }] }, {}],
    [
      'the name and description of the ladder',
      {},
      { ladder: { ...VOD, name: 'mine', description: 'x', notes: ['x'] } },
    ],
    ['the title of a sound', { audio: [audioTrack({ title: 'Stereo' }), BASE.audio?.[1] ?? audioTrack()] }, {}],
  ])('%s', (_, parts, request) => {
    expect(versions(mediaInfo({ ...BASE, ...parts }), request)).toEqual(base);
  });
});

describe('everything changes with', () => {
  it.each<[string, MediaParts, Partial<PlanRequest>]>([
    ['the bytes of the source', { source: { bytes: 2 } }, {}],
    ['its time', { source: { modifiedMs: 2 } }, {}],
    ['its content', { source: { fingerprint: 'cd'.repeat(32) } }, {}],
    ['the frame rate', { video: [videoTrack({ realFrameRate: rational(24), averageFrameRate: rational(24) })] }, {}],
    ['the segments', {}, { ladder: { ...VOD, segment: { seconds: 10, keyframeSeconds: 2 } } }],
    ['the keyframes', {}, { ladder: { ...VOD, segment: { seconds: 6, keyframeSeconds: 3 } } }],
    ['the origin', { video: [videoTrack({ startSeconds: 0.04 })] }, {}],
    ['a held picture', { video: [videoTrack({ durationSeconds: 5 })] }, {}],
  ])('%s', (_, parts, request) => {
    const changed = versions(mediaInfo({ ...BASE, ...parts }), request);
    for (const version of allOf(changed)) expect(allOf(base)).not.toContain(version);
  });
});

describe('only the pictures change with', () => {
  it.each<[string, MediaParts, Partial<PlanRequest>]>([
    ['the encoder preset', {}, { encoderPreset: 'slow' }],
    ['the crf', {}, { crf: 23 }],
    ['the rate control', {}, { rateControl: 'abr' }],
    [
      'the colours',
      { video: [videoTrack({ color: { range: 'pc', matrix: 'bt709', transfer: 'bt709', primaries: 'bt709' } })] },
      {},
    ],
    ['the turn', { video: [videoTrack({ orientation: { mirror: true, clockwise: 0 } })] }, {}],
    ['the track', { video: [videoTrack({ index: 9 })] }, {}],
    ['the shape, and so the width alone', { video: [videoTrack({ size: [1440, 1080] })] }, {}],
  ])('%s', (_, parts, request) => {
    const changed = versions(mediaInfo({ ...BASE, ...parts }), request);
    expect(changed.audio).toEqual(base.audio);
    for (const version of Object.values(changed.video)) expect(Object.values(base.video)).not.toContain(version);
  });
});

it('only the sounds change with their bitrate', () => {
  const changed = versions(mediaInfo(BASE), { ladder: { ...VOD, audio: { ...VOD.audio, bitrate: 192_000 } } });
  expect(changed.video).toEqual(base.video);
  expect(Object.values(changed.audio)).not.toContain(base.audio['audio-en']);
});

it('another choice of languages leaves pictures and the sounds that stay as they are', () => {
  const changed = versions(mediaInfo(BASE), { audioLanguages: ['fr'] });
  expect(changed.video).toEqual(base.video);
  expect(changed.audio).toEqual({ 'audio-fr': base.audio['audio-fr'] });
});

it('a rung is the same whether or not others are made', () => {
  expect(versions(mediaInfo(BASE), { only: ['480p'] }).video).toEqual({ '480p': base.video['480p'] });
});
