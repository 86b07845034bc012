import { describe, expect, it } from 'vitest';
import { audioTrack, mediaInfo, planRequest, videoTrack, VOD } from '../../../fixtures/media-info.js';
import { samplePicture } from '../../../fixtures/plan.js';
import type { MediaInfo } from '../../../src/model/media.js';
import type { PicturePlan } from '../../../src/model/plan.js';
import { formatRational, rational } from '../../../src/model/rational.js';
import { audioOf, videoOf } from '../../../src/model/rendition.js';
import { plan } from '../../../src/stages/plan/plan.js';

/** What a plan comes to, on a few lines. */
function summary(media: MediaInfo) {
  const made = plan(media, planRequest());
  const { grid, timeline, picture, prediction } = made;
  const sizes = videoOf(made).map(({ width, height }) => `${width}x${height}`);
  return {
    rate: grid.frameRate && formatRational(grid.frameRate),
    segment: grid.framesPerSegment,
    rungs: picture && sizes.join(' '),
    picture: picture && pictureText(picture),
    audio: audioOf(made)
      .map(({ name }) => name)
      .join(' '),
    origin: timeline.originSeconds,
    seconds: timeline.expectedSeconds,
    frames: timeline.expectedFrames,
    segments: prediction.segments,
  };
}

function pictureText({ deinterlace, mirror, clockwise, toneMap, inputRange }: PicturePlan) {
  return [deinterlace?.parity, mirror && 'mirror', clockwise || null, toneMap, inputRange === 'pc' && 'full']
    .filter(Boolean)
    .join(' ');
}

const untagged = { range: null, matrix: null, transfer: null, primaries: null };

// One of each kind of file people bring, as ffprobe describes them.
describe('golden plans', () => {
  it.each<[string, MediaInfo, ReturnType<typeof summary>]>([
    [
      'film at 24000/1001 with sound from the start',
      mediaInfo({
        video: [
          videoTrack({
            startSeconds: 0.083,
            durationSeconds: 5400.395,
            realFrameRate: rational(24_000, 1001),
            averageFrameRate: rational(24_000, 1001),
          }),
        ],
        audio: [audioTrack({ durationSeconds: 5400.2 })],
        container: { durationSeconds: 5400.5 },
      }),
      {
        rate: '24000/1001',
        segment: 144,
        rungs: '1920x1080 1280x720 854x480 640x360 426x240',
        picture: '',
        audio: 'audio-en',
        origin: 0.083,
        seconds: 5400.395,
        frames: 129_480,
        segments: 900,
      },
    ],
    [
      'joined camera clips with a frame missing at each joint',
      mediaInfo({
        video: [
          videoTrack({
            size: [1280, 720],
            startSeconds: 0.021,
            durationSeconds: 38.994233,
            realFrameRate: rational(30_000, 1001),
            averageFrameRate: rational(35_040_000, 1_169_827),
          }),
        ],
        audio: [audioTrack({ durationSeconds: 38.996333 })],
      }),
      {
        rate: '30000/1001',
        segment: 180,
        rungs: '1280x720 854x480 640x360 426x240',
        picture: '',
        audio: 'audio-en',
        origin: 0.021,
        seconds: 38.994233,
        frames: 1169,
        segments: 7,
      },
    ],
    [
      'an HLG phone video, upright by its matrix',
      mediaInfo({
        video: [
          videoTrack({
            codec: 'hevc',
            codedSize: { width: 1920, height: 1080 },
            displaySize: { width: 1080, height: 1920 },
            orientation: { mirror: false, clockwise: 90 },
            durationSeconds: 2.548333,
            realFrameRate: rational(30_000, 1001),
            averageFrameRate: rational(51_600, 1841),
            pixelFormat: 'yuv420p10le',
            bitDepth: 10,
            color: { range: 'tv', matrix: 'bt2020nc', transfer: 'arib-std-b67', primaries: 'bt2020' },
            dynamicRange: 'hlg',
            dolbyVision: { profile: 8, baseLayerCompatibility: 4 },
          }),
        ],
        audio: [audioTrack({ language: 'und', durationSeconds: 2.548345, sampleRate: 44_100 })],
      }),
      {
        rate: '30000/1001',
        segment: 180,
        rungs: '1080x1920 720x1280 480x854 360x640 240x426',
        picture: '90 hlg',
        audio: 'audio-und',
        origin: 0,
        seconds: 2.548333,
        frames: 76,
        segments: 1,
      },
    ],
    [
      'a screen recording at a varying rate, its sound late and longer',
      mediaInfo({
        video: [
          videoTrack({
            index: 1,
            size: [640, 480],
            durationSeconds: 7.345,
            realFrameRate: rational(600),
            averageFrameRate: rational(24_600, 1469),
          }),
        ],
        audio: [audioTrack({ index: 0, language: 'und', startSeconds: 0.086667, durationSeconds: 7.476825 })],
      }),
      {
        rate: '20',
        segment: 120,
        rungs: '640x480 480x360 320x240',
        picture: '',
        audio: 'audio-und',
        origin: 0,
        seconds: 7.563492,
        frames: 151,
        segments: 2,
      },
    ],
    [
      'a television recording in mid-stream',
      mediaInfo({
        video: [
          videoTrack({ index: 1, size: [1024, 576], startSeconds: 3883.260444, durationSeconds: 12, isDefault: false }),
        ],
        audio: [
          audioTrack({
            index: 0,
            language: 'und',
            startSeconds: 3883.336678,
            durationSeconds: 11.925333,
            isDefault: false,
          }),
        ],
        container: { format: 'mpegts', startSeconds: 3883.260444, durationSeconds: 12.001567, discontinuous: true },
      }),
      {
        rate: '25',
        segment: 150,
        rungs: '1024x576 854x480 640x360 426x240',
        picture: 'auto',
        audio: 'audio-und',
        origin: 3883.260444,
        seconds: 12,
        frames: 300,
        segments: 2,
      },
    ],
    [
      'DV: interlaced, anamorphic, 4:1:1',
      mediaInfo({
        video: [
          videoTrack({
            codec: 'dvvideo',
            codedSize: { width: 720, height: 480 },
            displaySize: { width: 853, height: 480 },
            sampleAspect: rational(32, 27),
            durationSeconds: 1.2012,
            realFrameRate: rational(30_000, 1001),
            averageFrameRate: rational(30_000, 1001),
            pixelFormat: 'yuv411p',
            color: untagged,
            scan: { kind: 'interlaced', parity: 'bff' },
          }),
        ],
        audio: [audioTrack({ codec: 'pcm_s16le', language: 'und', durationSeconds: null, channelLayout: null })],
      }),
      {
        rate: '30000/1001',
        segment: 180,
        rungs: '854x480 640x360 426x240',
        picture: 'bff',
        audio: 'audio-und',
        origin: 0,
        seconds: 1.2012,
        frames: 36,
        segments: 1,
      },
    ],
    [
      'a GIF',
      mediaInfo({
        video: [
          videoTrack({
            codec: 'gif',
            size: [501, 301],
            durationSeconds: 3.2,
            frames: 32,
            realFrameRate: rational(100),
            averageFrameRate: rational(10),
            pixelFormat: 'bgra',
            color: untagged,
          }),
        ],
        audio: [],
        container: { format: 'gif', seekable: false },
      }),
      {
        rate: '10',
        segment: 60,
        rungs: '500x300 400x240',
        picture: 'full',
        audio: '',
        origin: 0,
        seconds: 3.2,
        frames: 32,
        segments: 1,
      },
    ],
    [
      'music with cover art',
      mediaInfo({
        video: [videoTrack({ index: 1, codec: 'png', role: 'cover', size: [120, 63] })],
        audio: [
          audioTrack({ index: 0, codec: 'flac', language: 'und', durationSeconds: 19.714286, sampleRate: 44_100 }),
        ],
        container: { format: 'flac', durationSeconds: 19.714286 },
      }),
      {
        rate: null,
        segment: null,
        rungs: null,
        picture: null,
        audio: 'audio-und',
        origin: 0,
        seconds: 19.714286,
        frames: null,
        segments: 4,
      },
    ],
    [
      'one frame',
      mediaInfo({ video: [videoTrack({ frames: 1, durationSeconds: 0.04 })], audio: [] }),
      {
        rate: '25',
        segment: 150,
        rungs: '1920x1080 1280x720 854x480 640x360 426x240',
        picture: '',
        audio: '',
        origin: 0,
        seconds: 0.04,
        frames: 1,
        segments: 1,
      },
    ],
    [
      'six hours at 59.94',
      mediaInfo({
        video: [
          videoTrack({
            size: [3840, 2160],
            durationSeconds: 21_600,
            realFrameRate: rational(60_000, 1001),
            averageFrameRate: rational(60_000, 1001),
          }),
        ],
        audio: [audioTrack({ durationSeconds: 21_600 })],
      }),
      {
        rate: '60000/1001',
        segment: 360,
        rungs: '1920x1080 1280x720 854x480 640x360 426x240',
        picture: '',
        audio: 'audio-en',
        origin: 0,
        seconds: 21_600,
        frames: 1_294_705,
        segments: 3597,
      },
    ],
    [
      'a stream that does not say how long it is',
      mediaInfo({
        video: [videoTrack({ durationSeconds: null, frames: null })],
        audio: [],
        container: { durationSeconds: null },
      }),
      {
        rate: '25',
        segment: 150,
        rungs: '1920x1080 1280x720 854x480 640x360 426x240',
        picture: '',
        audio: '',
        origin: 0,
        seconds: null,
        frames: null,
        segments: null,
      },
    ],
  ])('%s', (_, media, expected) => {
    expect(summary(media)).toEqual(expected);
  });

  it('in full', () => {
    const media = mediaInfo({
      video: [videoTrack({ size: [640, 360] })],
      text: [
        {
          index: 2,
          codec: 'subrip',
          form: 'text',
          isForced: true,
          startSeconds: 0,
          durationSeconds: null,
          language: 'fr',
          title: 'Forcés',
          isDefault: false,
        },
      ],
      other: [{ index: 3, kind: 'timecode', codec: 'tmcd' }],
      warnings: [{ code: 'odd-header', message: 'an odd header' }],
    });
    const made = plan(media, planRequest({ ladder: { ...VOD, notes: ['a note'] } }));
    const [, small] = videoOf(made);
    const [sound] = audioOf(made);
    expect(made).toEqual({
      source: media.source,
      input: {
        format: 'mov,mp4,m4a,3gp,3g2,mj2',
        startSeconds: 0,
        seekable: true,
        tracksReadTogether: [],
        mended: [],
        depth: null,
      },
      preset: 'vod',
      packaging: [{ container: 'mpegts', manifests: ['hls'], zeroSeconds: 1.4, protection: null }],
      grid: {
        frameRate: rational(25),
        framesPerSegment: 150,
        framesPerGop: 50,
        segmentSeconds: rational(6),
        segmentsPerChunk: 2,
        tail: null,
      },
      timeline: {
        originSeconds: 0,
        expectedSeconds: 10,
        lengthFrom: 'headers',
        expectedFrames: 250,
        holdLastFrameSeconds: 0,
        part: null,
      },
      picture: samplePicture(rational(25)),
      renditions: [
        {
          kind: 'video',
          id: '360p-eb64fc42',
          name: '360p',
          version: 'eb64fc42',
          container: 'mpegts',
          timescale: 90_000,
          width: 640,
          height: 360,
          codec: 'h264',
          encoder: 'libx264',
          options: { preset: 'medium', profile: 'high' },
          rate: { mode: 'crf', crf: 22, maxBitrate: 800_000, bufferBits: 1_600_000 },
        },
        {
          kind: 'video',
          id: `240p-${small?.version}`,
          name: '240p',
          version: small?.version,
          container: 'mpegts',
          timescale: 90_000,
          width: 426,
          height: 240,
          codec: 'h264',
          encoder: 'libx264',
          options: { preset: 'medium', profile: 'high' },
          rate: { mode: 'crf', crf: 22, maxBitrate: 300_000, bufferBits: 600_000 },
        },
        {
          kind: 'audio',
          id: `audio-en-${sound?.version}`,
          name: 'audio-en',
          version: sound?.version,
          container: 'mpegts',
          timescale: 90_000,
          trackIndex: 1,
          language: 'en',
          label: 'English',
          isDefault: true,
          characteristics: null,
          codec: 'aac',
          encoder: 'aac',
          options: {},
          samplesPerFrame: 1024,
          bitrate: 128_000,
          sampleRate: 48_000,
          channels: 2,
          sourceChannels: 2,
          discrete: false,
          downmix: false,
          rightTrackIndex: null,
          limit: null,
          startSeconds: 0,
        },
      ],
      decisions: [
        { subject: 'video track', choice: 'track 0: h264 640×360', reason: 'the only one' },
        { subject: 'frame rate', choice: '25 fps', reason: 'the header says 25, and the average agrees' },
        {
          subject: 'segments',
          choice: '6 s = 150 frames, a keyframe every 50',
          reason: 'the ladder asks for 6 s, in whole frames',
        },
        {
          subject: 'chunks',
          choice: '12 s = 2 segments',
          reason: 'each is made by fresh single-threaded encoders, so that the bytes are the same on any machine',
        },
        { subject: 'colour', choice: 'bt709', reason: "the source's own" },
        { subject: 'ladder', choice: '360p, 240p', reason: 'the source is 640×360, its short side 360' },
        { subject: 'encoder', choice: 'libx264 medium', reason: 'the ladder "vod"' },
        { subject: 'rate control', choice: 'constant quality (crf 22), capped', reason: 'the ladder "vod"' },
        {
          subject: 'audio-en',
          choice: '"English" (default): stereo AAC 128 kb/s',
          reason: 'from audio track 1 (en, aac stereo)',
        },
      ],
      leftOut: [
        {
          what: 'subtitle track 2 (fr, subrip, "Forcés", forced)',
          reason: 'subtitles are not supported yet',
        },
        { what: 'timecode track 3 (tmcd)', reason: 'titles carry no timecode; the title starts at 0' },
        ...['1080p', '720p', '480p'].map((name) => ({
          what: `rung ${name}`,
          reason: "the source's short side is 360 pixels; this rung would only enlarge it",
        })),
      ],
      tracksLeftOut: [
        {
          track: 2,
          kind: 'subtitles',
          codec: 'subrip',
          language: 'fr',
          code: 'subtitles',
          reason: 'subtitles are not supported yet',
        },
        {
          track: 3,
          kind: 'timecode',
          codec: 'tmcd',
          language: null,
          code: 'timecode',
          reason: 'titles carry no timecode; the title starts at 0',
        },
      ],
      warnings: [
        { code: 'odd-header', message: 'an odd header' },
        { code: 'ladder-note', message: 'a note' },
        {
          code: 'subtitles-left-out',
          message: 'the title has no subtitles; left out: subtitle track 2 (fr, subrip, "Forcés", forced)',
          count: 1,
        },
      ],
      prediction: { maxBytes: 1_942_700, segments: 2 },
    });
  });
});

describe('nothing to make', () => {
  it.each([
    ['neither picture nor sound', mediaInfo({ video: [], audio: [] }), 'no-streams'],
    ['only cover art', mediaInfo({ video: [videoTrack({ role: 'cover' })], audio: [] }), 'no-streams'],
    [
      'only sound that cannot be decoded',
      mediaInfo({ video: [], audio: [audioTrack({ decodable: false })] }),
      'no-streams',
    ],
    [
      'a picture that cannot be decoded, though there is sound',
      mediaInfo({ video: [videoTrack({ codec: 'vvc' })] }),
      'input-unsupported',
    ],
  ])('%s is an error', (_, media, code) => {
    expect(() => plan(media, planRequest())).toThrow(expect.objectContaining({ code }));
  });
});

it('a stream whose times may jump is not seeked in, whatever the container can do', () => {
  const media = mediaInfo({ container: { discontinuous: true, seekable: true } });
  expect(plan(media, planRequest()).input.seekable).toBe(false);
});

it('picture and sound of a stream whose times may jump are read together, from the earlier of the two', () => {
  const container = { discontinuous: true, startSeconds: 9 };
  const tracks = { video: [videoTrack({ startSeconds: 10 })], audio: [audioTrack({ startSeconds: 10.5 })] };
  const { input } = plan(mediaInfo({ container, ...tracks }), planRequest());
  expect(input).toMatchObject({ startSeconds: 10, tracksReadTogether: [0, 1] });
  const steady = plan(mediaInfo({ container: { ...container, discontinuous: false }, ...tracks }), planRequest());
  expect(steady.input).toMatchObject({ startSeconds: 9, tracksReadTogether: [] });
});

it('the same media and request give the same plan, and are not changed', () => {
  const media = mediaInfo({ audio: [audioTrack(), audioTrack({ index: 2, title: 'Stereo' })] });
  const request = planRequest({ only: ['720p', '240p'] });
  const before = structuredClone(media);
  expect(plan(media, request)).toEqual(plan(media, request));
  expect(media).toEqual(before);
});
