import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest, videoTrack, VOD } from '../../../fixtures/media-info.js';
import type { VideoPackets } from '../../../src/model/copy.js';
import { rational } from '../../../src/model/rational.js';
import { videoOf } from '../../../src/model/rendition.js';
import { needsPackets } from '../../../src/stages/plan/copy-top.js';
import { plan } from '../../../src/stages/plan/plan.js';
import type { PlanRequest } from '../../../src/stages/plan/request.js';

const FRAMES = 450;
/** A keyframe every two seconds at 25 fps, 4 Mb/s. */
const FITS: VideoPackets = {
  startSeconds: 0,
  frames: FRAMES,
  keyframes: Array.from({ length: 9 }, (_, i) => i * 50),
  keyframeBytes: Array.from({ length: 9 }, () => 1_000_000),
  reorder: 2,
  clock: 12_800,
  level: 40,
  faults: [],
};

type Track = Parameters<typeof videoTrack>[0];

function planOf(track: Track, packets: VideoPackets | null = FITS, request: Partial<PlanRequest> = {}) {
  const media = mediaInfo({
    video: [videoTrack({ durationSeconds: 18, frames: FRAMES, ...track })],
    audio: [audioTrack({ durationSeconds: 18 })],
    container: { durationSeconds: 18 },
  });
  return plan(media, planRequest({ copyTop: true, packets, ...request }));
}

function reasonsOf(...args: Parameters<typeof planOf>) {
  return planOf(...args).copyTop?.reasons.map(({ code, at }) => (at === null ? code : `${code} ${at}`));
}

describe('a source that fits', () => {
  it('becomes the top rung of each form, under a name of its own', () => {
    const made = planOf({}, FITS, { format: 'hls,cmaf' });
    expect(made.copyTop).toEqual({ rung: '1080p', copied: true, reasons: [] });
    expect(videoOf(made).flatMap(({ name, container, copy }) => (copy ? [{ name, container, copy }] : []))).toEqual([
      { name: '1080p', container: 'mpegts', copy: { track: 0, reorder: 2, tag: false } },
      { name: '1080p', container: 'fmp4', copy: { track: 0, reorder: 2, tag: false } },
    ]);
    expect(made.timeline).toMatchObject({ expectedFrames: FRAMES, countedFrames: FRAMES, expectedSeconds: 18 });
    const encoded = planOf({}, null, { format: 'hls,cmaf', copyTop: false });
    expect(encoded.copyTop).toBeUndefined();
    const versions = [...videoOf(made), ...videoOf(encoded)].map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    expect(made.decisions).toContainEqual({
      subject: 'copy',
      choice: "1080p is the source's video",
      reason: 'it fits as it is: 4000 kb/s on average, 4000 at most, keyframes on the grid',
    });
  });

  it('is not read as long as its headers say that it does not', () => {
    expect(needsPackets(planOf({}, null).copyTop)).toBe(true);
    expect(needsPackets(planOf({ codec: 'hevc' }, null).copyTop)).toBe(false);
    expect(planOf({}, null).decisions.filter(({ subject }) => subject === 'copy')).toEqual([]);
  });

  it('gets tags where it has none', () => {
    const [top] = videoOf(planOf({ color: { range: null, matrix: null, transfer: null, primaries: null } }));
    expect(top?.copy).toMatchObject({ tag: true });
  });

  it('may have keyframes that want other segments: all rungs have these', () => {
    const keyframes = [0, 125, 250, 375];
    const made = planOf({}, { ...FITS, keyframes, keyframeBytes: [1e6, 1e6, 1e6, 1e6] });
    expect(made.copyTop?.copied).toBe(true);
    expect(made.grid).toMatchObject({ framesPerSegment: 125, framesPerGop: 25, segmentSeconds: rational(5) });
    expect(made.decisions).toContainEqual({
      subject: 'segments',
      choice: '5 s = 125 frames, a keyframe every 25',
      reason: 'the ladder asks for 6 s; keyframes of the source, which is copied, stand so far apart',
    });
  });

  it('may begin with a keyframe within the source, and end before one', () => {
    expect(planOf({}, FITS, { start: 2, end: 16 })).toMatchObject({
      copyTop: { copied: true },
      timeline: { countedFrames: 350 },
    });
  });
});

describe('a source is encoded', () => {
  const square = rational(4, 3);
  it.each<[string, Track, string[]]>([
    ['of another codec', { codec: 'hevc', profile: 'Main' }, ['codec']],
    [
      'of another profile',
      { profile: 'High 10', pixelFormat: 'yuv420p10le', bitDepth: 10 },
      ['profile', 'pixel-format'],
    ],
    ['larger than the ladder', { size: [2560, 1440] }, ['size']],
    [
      'with pixels that are not square',
      { size: [1440, 1080], sampleAspect: square, displaySize: { width: 1920, height: 1080 } },
      ['size', 'pixel-aspect'],
    ],
    ['turned', { orientation: { mirror: false, clockwise: 180 } }, ['orientation']],
    ['interlaced', { scan: { kind: 'interlaced', parity: 'tff' } }, ['interlaced']],
    ['in full range', { color: { range: 'pc', matrix: 'bt709', transfer: 'bt709', primaries: 'bt709' } }, ['colour']],
    ['faster than the ladder', { realFrameRate: rational(100), averageFrameRate: rational(100) }, ['frame-rate']],
    ['whose sound goes on', { durationSeconds: 17 }, ['held-frame']],
  ])('%s', (_, track, codes) => {
    expect(reasonsOf(track)).toEqual(codes);
  });

  it.each<[string, Partial<VideoPackets>, Partial<PlanRequest>, string[]]>([
    ['whose keyframes are elsewhere', { keyframes: [0, 250], keyframeBytes: [1e6, 1e6] }, {}, ['keyframes 6']],
    ['with an open GOP', { faults: [{ code: 'open-gop', message: 'm', at: 2 }] }, {}, ['open-gop 2']],
    ['whose clock cannot tell its frames', { clock: 1001 }, {}, ['time-base']],
    ['of a higher level', { level: 51 }, {}, ['level']],
    [
      'with a segment above the cap',
      { keyframeBytes: [1e6, 1e6, 1e6, 2e6, 1e6, 1e6, 1e6, 1e6, 1e6] },
      {},
      ['bit-rate 6'],
    ],
    ['above the average that the ladder wants', {}, { rateControl: 'abr', ladder: withTop(3_500_000) }, ['bit-rate']],
    ['that begins after the sound', { startSeconds: 0.2 }, {}, ['held-frame 0']],
    ['from the middle of a GOP on', {}, { start: 1 }, ['keyframes 0']],
    ['up to the middle of a GOP', {}, { end: 13 }, ['part 13']],
  ])('%s', (_, packets, request, codes) => {
    expect(reasonsOf({}, { ...FITS, ...packets }, request)).toEqual(codes);
  });

  it('and the plan says why, and where', () => {
    const made = planOf({}, { ...FITS, faults: [{ code: 'open-gop', message: 'an open GOP', at: 62.5 }] });
    expect(made.decisions).toContainEqual({
      subject: 'copy',
      choice: 'no: 1080p is encoded',
      reason: 'an open GOP, at 0:01:02.5',
    });
    expect(videoOf(made).map(({ copy }) => copy)).toEqual(videoOf(made).map(() => undefined));
    expect(made.timeline.countedFrames).toBeUndefined();
  });

  it('without an FFmpeg that can place packets', () => {
    const { capabilities } = planRequest();
    expect(reasonsOf({}, null, { capabilities: { ...capabilities, major: 5, minor: 0 } })).toEqual(['ffmpeg']);
  });
});

function withTop(bitrate: number): PlanRequest['ladder'] {
  return { ...VOD, video: { ...VOD.video, rungs: [{ name: '1080p', shortSide: 1080, bitrate }] } };
}
