import { describe, expect, it } from 'vitest';
import { format, sound, stream } from '../../../fixtures/ffprobe-report.js';
import { readBitRate } from '../../../src/stages/probe/bit-rate.js';
import { bitDepthOf, readColor, readDynamicRange } from '../../../src/stages/probe/color.js';
import { toContainer } from '../../../src/stages/probe/container.js';
import { isCover } from '../../../src/stages/probe/cover.js';
import { displaySize, readSampleAspect } from '../../../src/stages/probe/display-size.js';
import { toBcp47 } from '../../../src/stages/probe/language.js';
import { readFlags, readScan } from '../../../src/stages/probe/scan-type.js';
import { sortStreams } from '../../../src/stages/probe/sort-streams.js';
import { readFrameCount, readTiming } from '../../../src/stages/probe/timing.js';
import { toAudioTrack, toTextTrack, toVideoTrack, UNSEEN } from '../../../src/stages/probe/tracks.js';
import { headerWarnings } from '../../../src/stages/probe/warnings.js';

const MOTION = { role: 'motion', ...UNSEEN } as const;

describe('colour', () => {
  it.each([
    ['yuv420p', 8],
    ['yuv420p10le', 10],
    ['yuv422p9be', 9],
    ['yuva444p12le', 12],
    ['gray10le', 10],
    ['gray16be', 16],
    ['gbrp14le', 14],
    ['gbrpf32le', 32],
    ['p010le', 10],
    ['p016le', 16],
    ['p412le', 12],
    ['y210le', 10],
    ['nv12', 8],
    ['nv20le', 10],
    ['rgb24', 8],
    ['rgb48be', 16],
    ['rgba64le', 16],
    ['rgb565le', 8],
    ['ya16le', 16],
    ['x2rgb10le', 10],
    ['xyz12le', 12],
    ['pal8', 8],
    ['unknown', 8],
  ])('%s has %d bits', (name, bits) => expect(bitDepthOf(name)).toBe(bits));

  it('takes the range from the pixel format where that decides it', () => {
    expect(readColor(stream({ pix_fmt: 'yuvj420p', color_space: 'bt470bg' }))).toMatchObject({
      range: 'pc',
      matrix: 'bt470bg',
    });
    expect(readColor(stream({ pix_fmt: 'gbrp' }))).toMatchObject({ range: 'pc', matrix: 'gbr' });
    expect(readColor(stream({ color_range: 'pc' })).range).toBe('pc');
    expect(readColor(stream({}))).toEqual({ range: null, matrix: null, transfer: null, primaries: null });
  });

  it('tells HDR by its transfer function', () => {
    expect(readDynamicRange('smpte2084', null)).toBe('pq');
    expect(readDynamicRange('arib-std-b67', 8)).toBe('hlg');
    expect(readDynamicRange(null, 5)).toBe('pq');
    expect(readDynamicRange('bt709', null)).toBe('sdr');
  });
});

describe('size', () => {
  const sizeOf = (width: number, height: number, aspect: string, clockwise: 0 | 90 = 0) =>
    displaySize({ width, height }, readSampleAspect(aspect).sampleAspect, { mirror: false, clockwise });

  it('squares the pixels by changing the width', () => {
    expect(sizeOf(720, 480, '32:27')).toEqual({ width: 853, height: 480 });
    expect(sizeOf(720, 480, '8:9')).toEqual({ width: 640, height: 480 });
    expect(sizeOf(800, 640, '64:45')).toEqual({ width: 1138, height: 640 });
    expect(sizeOf(321, 241, '1:1')).toEqual({ width: 321, height: 241 });
    expect(sizeOf(1440, 1080, '4:3', 90)).toEqual({ width: 1080, height: 1920 });
  });

  it('does not believe impossible pixels', () => {
    expect(readSampleAspect('0:1')).toEqual({ sampleAspect: { num: 1, den: 1 }, warning: null });
    expect(readSampleAspect('1:5000').warning?.code).toBe('odd-sample-aspect');
    expect(readSampleAspect('1:5000').sampleAspect).toEqual({ num: 1, den: 1 });
  });
});

describe('language', () => {
  it.each([
    ['eng', 'en'],
    ['fre', 'fr'],
    ['fra', 'fr'],
    ['jpn', 'ja'],
    ['ger', 'de'],
    ['chi', 'zh'],
    ['en_us', 'en-US'],
    ['pt-br', 'pt-BR'],
    ['fil', 'fil'],
    ['qaa', 'qaa'],
    ['mul', 'mul'],
    ['English', 'en'],
    ['und', 'und'],
    ['mis', 'und'],
    ['```', 'und'],
    ['klingonese', 'und'],
    ['', 'und'],
    ['e', 'und'],
    ['../x', 'und'],
  ])('%j is %s', (tag, expected) => expect(toBcp47(tag)).toBe(expected));
  it('nothing is und', () => expect([toBcp47(null), toBcp47(undefined)]).toEqual(['und', 'und']));
});

describe('scan', () => {
  const frame = (interlaced: boolean, topFieldFirst = false, repeat = 0) => ({
    seconds: null,
    interlaced,
    topFieldFirst,
    repeat,
    width: 720,
    height: 576,
    sampleAspect: '1:1',
    pixelFormat: 'yuv420p',
  });
  const frames = (interlaced: number, progressive: number, top: boolean) => [
    ...Array.from({ length: interlaced }, () => frame(true, top)),
    ...Array.from({ length: progressive }, () => frame(false)),
  ];
  const scan = (codec_name: string, field_order: string | null, seen: ReturnType<typeof frames> = []) =>
    readScan({ codec_name, field_order }, seen);

  it.each([
    ['tt', 'tff'],
    ['bt', 'tff'],
    ['bb', 'bff'],
    ['tb', 'bff'],
  ])('of %s the field that is shown first counts: %s', (order, parity) =>
    expect(scan('v210', order, frames(0, 4, false))).toEqual({ kind: 'interlaced', parity }),
  );

  it('is what frames say, by majority, where their decoder says it', () => {
    expect(scan('h264', 'progressive', frames(20, 4, true))).toEqual({ kind: 'interlaced', parity: 'tff' });
    expect(scan('h264', 'tt', frames(20, 4, false))).toEqual({ kind: 'interlaced', parity: 'bff' });
    expect(scan('dvvideo', null, frames(24, 0, true))).toEqual({ kind: 'interlaced', parity: 'tff' });
    expect(scan('h264', null, frames(6, 18, true)).kind).toBe('interlaced');
    expect(scan('h264', 'tt', frames(5, 19, true)).kind).toBe('progressive');
    expect(scan('h264', 'bb')).toEqual({ kind: 'interlaced', parity: 'bff' });
    expect(scan('h264', null)).toEqual({ kind: 'progressive' });
  });

  it('of HEVC that says so is field by field', () => {
    expect(scan('hevc', 'progressive', frames(4, 0, true))).toEqual({ kind: 'fields' });
    expect(scan('hevc', 'progressive', frames(0, 4, true))).toEqual({ kind: 'progressive' });
  });

  it('counts what frames say, and knows film by how long they stand', () => {
    expect(readFlags([])).toBeNull();
    expect(readFlags(frames(1, 3, true))).toEqual({ pictures: 4, interlaced: 1, pulledDown: 'no' });
    const at = (repeats: readonly number[], from = 0) =>
      repeats.map((repeat, i) => Object.assign(frame(false, false, repeat), { seconds: from + i / 24 }));
    const film = [1, 0, 1, 0, 1, 0, 1, 0];
    expect(readFlags(at(film))?.pulledDown).toBe('throughout');
    // The next place may begin with any of the two.
    expect(readFlags([...at(film), ...at([0, 1, 0, 1, 0], 60), ...at([0, 1, 0, 1], 120)])?.pulledDown).toBe(
      'throughout',
    );
    expect(readFlags([...at(film), ...at([0, 0, 0, 0], 60)])?.pulledDown).toBe('in-part');
    expect(readFlags([...at(film), frame(true)])?.pulledDown).toBe('in-part');
    // From 24 to 25 a second.
    expect(readFlags(at(Array.from({ length: 48 }, (_, i) => (i % 24 === 5 ? 1 : 0))))?.pulledDown).toBe('no');
  });
});

describe('time', () => {
  it("reads Matroska's tags: FFmpeg writes where a track ends, mkvmerge how long it is", () => {
    const tags = { DURATION: '00:00:10.287000000' };
    expect(readTiming(stream({ start_time: 0.079, tags }), format())).toEqual({
      startSeconds: 0.079,
      durationSeconds: 10.208,
    });
    const merged = {
      'DURATION-eng': '01:00:00.5',
      '_STATISTICS_WRITING_APP-eng': 'mkvmerge',
      'NUMBER_OF_FRAMES-eng': '90012',
    };
    expect(readTiming(stream({ start_time: 2, tags: merged }), format()).durationSeconds).toBe(3600.5);
    expect(readFrameCount(stream({ tags: merged }))).toBe(90012);
  });

  it('prefers the stream, and falls back to the container for the start', () => {
    expect(readTiming(stream({ duration: 4, tags: { DURATION: '00:00:09' } }), format({ start_time: 3883 }))).toEqual({
      startSeconds: 3883,
      durationSeconds: 4,
    });
    expect(readTiming(stream({ duration: 0 }), format({ start_time: null }))).toEqual({
      startSeconds: 0,
      durationSeconds: null,
    });
  });
});

describe('sorting', () => {
  it('tells a cover by its mark, or as a picture without a rate beside something else', () => {
    const picture = stream({ index: 7, codec_name: 'mjpeg', r_frame_rate: '1000/1', avg_frame_rate: '0/0' });
    expect(isCover(picture, [stream({}), picture])).toBe(true);
    expect(isCover(picture, [sound(), picture])).toBe(true);
    expect(isCover(picture, [picture])).toBe(false);
    expect(isCover(stream({ codec_name: 'mjpeg' }), [sound()])).toBe(false);
    expect(isCover(stream({ codec_name: 'h264', avg_frame_rate: '0/0' }), [sound()])).toBe(false);
    expect(isCover(stream({ codec_name: 'png', disposition: { attached_pic: 1 } }), [])).toBe(true);
    expect(isCover(stream({ codec_name: 'png', nb_frames: 1 }), [sound()])).toBe(true);
  });

  it('keeps the program with the biggest picture', () => {
    const streams = [
      stream({ index: 0, width: 640, height: 360 }),
      sound({ index: 1 }),
      stream({ index: 2 }),
      sound({ index: 3 }),
      sound({ index: 4 }),
    ];
    const program = (program_id: number, ...indexes: number[]) => ({
      program_id,
      tags: {},
      streams: indexes.map((index) => ({ index })),
    });
    const sorted = sortStreams({ streams, programs: [program(1, 0, 1), program(2, 2, 3)], format: format() }, null);
    expect(sorted.motion.map(({ index }) => index)).toEqual([2]);
    expect(sorted.audio.map(({ index }) => index)).toEqual([3, 4]);
    expect(sorted.other.map(({ index, kind }) => [index, kind])).toEqual([
      [0, 'other-program'],
      [1, 'other-program'],
    ]);
    expect(sorted.warnings).toMatchObject([{ code: 'other-programs', count: 1 }]);
    expect(sorted.warnings[0]?.message).toContain('program 2');
  });

  it('leaves out what cannot be decoded, by name', () => {
    const streams = [
      stream({ index: 0 }),
      stream({ index: 1, codec_name: 'vvc', pix_fmt: null }),
      stream({ index: 2, codec_name: null, codec_tag_string: 'zzzz', pix_fmt: null }),
      sound({ index: 3, codec_name: 'ac4', sample_fmt: null }),
      sound({ index: 4, sample_rate: 0, channels: 0 }),
      stream({ index: 5, codec_type: 'data', codec_name: null, codec_tag_string: 'tmcd' }),
      stream({ index: 6, codec_type: 'attachment', codec_name: 'ttf' }),
    ];
    const sorted = sortStreams({ streams, programs: [], format: format() }, new Set(['h264', 'aac']));
    expect(sorted.motion.map(({ index }) => index)).toEqual([0]);
    expect(sorted.undecodable.map(({ index }) => index)).toEqual([1, 2]);
    expect(sorted.audio.map(({ index }) => index)).toEqual([3]);
    expect(sorted.other).toEqual([
      { index: 1, kind: 'unknown', codec: 'vvc' },
      { index: 2, kind: 'unknown', codec: 'zzzz' },
      { index: 4, kind: 'unknown', codec: 'aac' },
      { index: 5, kind: 'timecode', codec: 'tmcd' },
      { index: 6, kind: 'attachment', codec: 'ttf' },
    ]);
    expect(sorted.warnings.map(({ code }) => code)).toEqual(['track-undecodable', 'track-undecodable', 'track-empty']);
  });
});

describe('tracks', () => {
  it('takes the rate of a track from its own field, else from the statistics of Matroska', () => {
    const tags = { 'BPS-eng': '192000' };
    expect(readBitRate(sound({ bit_rate: 128_000, tags }))).toBe(128_000);
    expect(readBitRate(sound({ tags }))).toBe(192_000);
    expect(readBitRate(sound({ tags: { BPS: 'many' } }))).toBeNull();
  });

  it('normalises a video stream', () => {
    const raw = stream({
      index: 3,
      codec_name: 'hevc',
      profile: 'Main 10',
      width: 1920,
      height: 1080,
      pix_fmt: 'yuv420p10le',
      color_transfer: 'arib-std-b67',
      r_frame_rate: '30000/1001',
      avg_frame_rate: '0/0',
      nb_frames: 86,
      tags: { LANGUAGE: 'fre', handler_name: 'Core Media Video' },
      disposition: { default: 1 },
      side_data_list: [
        {
          side_data_type: 'DOVI configuration record',
          displaymatrix: null,
          rotation: null,
          dv_profile: 8,
          dv_bl_signal_compatibility_id: 4,
          max_content: null,
          max_average: null,
          max_luminance: null,
        },
        {
          side_data_type: 'Display Matrix',
          displaymatrix: null,
          rotation: -90,
          dv_profile: null,
          dv_bl_signal_compatibility_id: null,
          max_content: null,
          max_average: null,
          max_luminance: null,
        },
      ],
    });
    expect(toVideoTrack(raw, format(), MOTION)).toEqual({
      warnings: [],
      track: {
        index: 3,
        codec: 'hevc',
        startSeconds: 0,
        durationSeconds: null,
        language: 'fr',
        title: null,
        isDefault: true,
        bitRate: null,
        profile: 'Main 10',
        role: 'motion',
        codedSize: { width: 1920, height: 1080 },
        hiddenLines: 0,
        sampleAspect: { num: 1, den: 1 },
        orientation: { mirror: false, clockwise: 90 },
        displaySize: { width: 1080, height: 1920 },
        realFrameRate: { num: 30000, den: 1001 },
        averageFrameRate: null,
        frames: 86,
        pixelFormat: 'yuv420p10le',
        bitDepth: 10,
        color: { range: null, matrix: null, transfer: 'arib-std-b67', primaries: null },
        dynamicRange: 'hlg',
        dolbyVision: { profile: 8, baseLayerCompatibility: 4 },
        scan: { kind: 'progressive' },
        flags: null,
        combing: null,
        times: null,
      },
    });
  });

  it.each([
    [{ disposition: { comment: 1 } }, 'commentary'],
    [{ disposition: { visual_impaired: 1 } }, 'descriptions'],
    [{ disposition: { clean_effects: 1 } }, 'clean-effects'],
    [{ disposition: { dub: 1 } }, 'dub'],
    [{ tags: { title: "Director's Commentary" } }, 'commentary'],
    [{ tags: { title: 'English 5.1' } }, 'main'],
  ])('%j is %s', (known, role) => expect(toAudioTrack(sound(known), format(), true).role).toBe(role));

  it('tells text from pictures of text', () => {
    const form = (codec_name: string) => toTextTrack(stream({ codec_type: 'subtitle', codec_name }), format()).form;
    expect([form('subrip'), form('ass'), form('mov_text'), form('hdmv_pgs_subtitle'), form('dvd_subtitle')]).toEqual([
      'text',
      'text',
      'text',
      'bitmap',
      'bitmap',
    ]);
  });
});

describe('container and its warnings', () => {
  const whole = {
    family: 'mp4',
    missingBytes: 0,
    unreadable: null,
    encryption: null,
    isFragmented: false,
    hasIndex: true,
  } as const;
  const warningsOf = (
    container: Parameters<typeof toContainer>[0],
    messages: string[],
    seconds: number,
    missingBytes = 0,
  ) =>
    headerWarnings({
      container: toContainer(container, null),
      tracks: [toVideoTrack(stream({ duration: seconds }), container, MOTION).track],
      structure: { ...whole, missingBytes },
      messages,
    }).map(({ code, count }) => [code, count]);

  it('is seekable when it has an index', () => {
    expect(toContainer(format(), whole).seekable).toBe(true);
    expect(toContainer(format(), { ...whole, hasIndex: false }).seekable).toBe(false);
    expect(toContainer(format({ format_name: 'mpegts' }), null)).toMatchObject({
      seekable: false,
      discontinuous: true,
    });
    expect(toContainer(format({ format_name: 'mp3' }), null).seekable).toBe(false);
  });

  it('doubts a length that no track has, and a file that ends early', () => {
    expect(warningsOf(format({ duration: 10 }), [], 9.5)).toEqual([]);
    expect(warningsOf(format({ duration: 95_443 }), [], 10)).toEqual([['duration-uncertain', undefined]]);
    expect(warningsOf(format(), [], 10, 4711)).toEqual([['input-truncated', undefined]]);
  });

  it("passes on FFmpeg's complaints, but not those about a recording that begins in mid-GOP", () => {
    const noise = ['[h264 @ 0x5] non-existing PPS 0 referenced', '[h264 @ 0x5] no frame!'];
    expect(warningsOf(format(), noise, 10)).toEqual([['header-errors', 2]]);
    expect(warningsOf(format(), ['[h264 @ 0x5] SEI type 242 size 1600 truncated at 72'], 10)).toEqual([]);
    expect(warningsOf(format({ format_name: 'mpegts' }), noise, 10)).toEqual([]);
    expect(warningsOf(format({ format_name: 'mpegts' }), [...noise, '[mpegts @ 0x5] bad'], 10)).toEqual([
      ['header-errors', 1],
    ]);
  });
});
