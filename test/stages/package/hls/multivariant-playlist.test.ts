import { describe, expect, test } from 'vitest';
import { rational } from '../../../../src/model/rational.js';
import {
  multivariantPlaylist,
  type AudioMember,
  type Variant,
} from '../../../../src/stages/package/hls/multivariant-playlist.js';

const variant = (name: string, width: number, height: number, averageBitrate: number): Variant => ({
  path: `${name}/index.m3u8`,
  width,
  height,
  frameRate: rational(30_000, 1001),
  codecs: `avc1.6400${height}`,
  averageBitrate,
  peakBitrate: averageBitrate * 1.5,
  iframes: { path: `${name}/iframes.m3u8`, averageBitrate: averageBitrate / 10, peakBitrate: averageBitrate / 5 },
});

const member = (language: string, changes: Partial<AudioMember> = {}): AudioMember => ({
  path: `audio-${language}/index.m3u8`,
  language,
  label: language.toUpperCase(),
  isDefault: false,
  characteristics: null,
  channels: 2,
  codecs: 'mp4a.40.2',
  averageBitrate: 128_000,
  peakBitrate: 130_000,
  ...changes,
});

const playlist = (variants: readonly Variant[], audio: readonly AudioMember[]): string =>
  multivariantPlaylist(variants, audio, new Set(), 4);
const lines = (text: string, start: string): string[] => text.split('\n').filter((line) => line.startsWith(start));

test('begins with the first picture, and not before it, where that is not at 0', () => {
  const text = multivariantPlaylist([variant('720p', 1280, 720, 2_200_000)], [], new Set(), 4, 7508 / 90_000);
  expect(lines(text, '#EXT-X-START')).toEqual(['#EXT-X-START:TIME-OFFSET=0.083423,PRECISE=NO']);
  expect(playlist([variant('720p', 1280, 720, 2_200_000)], [])).not.toContain('EXT-X-START');
});

test('video and two languages, in full', () => {
  const text = playlist(
    [
      variant('1080p', 1920, 1080, 4_000_000),
      variant('720p', 1280, 720, 2_200_000),
      variant('360p', 640, 360, 600_000),
    ],
    [member('en', { isDefault: true }), member('fr', { averageBitrate: 140_000, peakBitrate: 150_000 })],
  );
  expect(text).toBe(
    [
      '#EXTM3U',
      '#EXT-X-VERSION:4',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="en",NAME="EN",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="audio-en/index.m3u8"',
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",LANGUAGE="fr",NAME="FR",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="audio-fr/index.m3u8"',
      '#EXT-X-STREAM-INF:BANDWIDTH=3450000,AVERAGE-BANDWIDTH=2340000,CODECS="avc1.6400720,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE',
      '720p/index.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=1050000,AVERAGE-BANDWIDTH=740000,CODECS="avc1.6400360,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE',
      '360p/index.m3u8',
      '#EXT-X-STREAM-INF:BANDWIDTH=6150000,AVERAGE-BANDWIDTH=4140000,CODECS="avc1.64001080,mp4a.40.2",RESOLUTION=1920x1080,FRAME-RATE=29.970,AUDIO="audio",CLOSED-CAPTIONS=NONE',
      '1080p/index.m3u8',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=440000,AVERAGE-BANDWIDTH=220000,CODECS="avc1.6400720",RESOLUTION=1280x720,URI="720p/iframes.m3u8"',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=120000,AVERAGE-BANDWIDTH=60000,CODECS="avc1.6400360",RESOLUTION=640x360,URI="360p/iframes.m3u8"',
      '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=400000,CODECS="avc1.64001080",RESOLUTION=1920x1080,URI="1080p/iframes.m3u8"',
      '',
    ].join('\n'),
  );
});

test('video without sound: no group, no audio codec', () => {
  const text = playlist([variant('360p', 640, 360, 600_000)], []);
  expect(lines(text, '#EXT-X-MEDIA')).toEqual([]);
  expect(lines(text, '#EXT-X-STREAM-INF')).toEqual([
    '#EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=600000,CODECS="avc1.6400360",RESOLUTION=640x360,FRAME-RATE=29.970,CLOSED-CAPTIONS=NONE',
  ]);
});

test('sound alone: its playlist is the variant', () => {
  expect(playlist([], [member('und')])).toBe(
    [
      '#EXTM3U',
      '#EXT-X-VERSION:4',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2"',
      'audio-und/index.m3u8',
      '',
    ].join('\n'),
  );
});

test('sound alone in several languages: one variant, the default, and a group', () => {
  const text = playlist([], [member('en'), member('fr', { isDefault: true, peakBitrate: 120_000 })]);
  expect(lines(text, '#EXT-X-MEDIA')).toHaveLength(2);
  expect(text.split('\n').slice(-3)).toEqual([
    '#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS="mp4a.40.2",AUDIO="audio"',
    'audio-fr/index.m3u8',
    '',
  ]);
});

describe('audio group', () => {
  const media = (members: readonly AudioMember[]): string[] =>
    lines(playlist([variant('360p', 640, 360, 600_000)], members), '#EXT-X-MEDIA');
  const attribute = (members: readonly AudioMember[], name: string): string[] =>
    media(members).map((line) => new RegExp(`[:,]${name}=("[^"]*"|[^,]*)`).exec(line)?.[1] ?? 'none');

  test('has exactly one default, whatever the plan says', () => {
    expect(attribute([member('en'), member('fr')], 'DEFAULT')).toEqual(['YES', 'NO']);
    const both = [member('en', { isDefault: true }), member('fr', { isDefault: true })];
    expect(attribute(both, 'DEFAULT')).toEqual(['YES', 'NO']);
  });

  test('a second track of one language is not chosen by itself, unless it is of another kind', () => {
    const described = { characteristics: 'public.accessibility.describes-video' };
    const members = [member('en'), member('en', { isDefault: true }), member('en', described), member('fr')];
    expect(attribute(members, 'AUTOSELECT')).toEqual(['NO', 'YES', 'YES', 'YES']);
    expect(attribute(members, 'CHARACTERISTICS')[2]).toBe('"public.accessibility.describes-video"');
  });

  test('names cannot break out of their quotes, and stay unique', () => {
    const hostile = [
      '5.1 "Surround"',
      'a\nb\r\n#EXT-X-ENDLIST',
      '\u0000\u001b[31m',
      '日本語, ок',
      'twice',
      'twice',
      'x\ud800',
    ];
    const names = attribute(
      hostile.map((label, i) => member(`x${i}`, { label })),
      'NAME',
    );
    expect(names).toEqual([
      `"5.1 'Surround'"`,
      '"a b #EXT-X-ENDLIST"',
      '"[31m"',
      '"日本語, ок"',
      '"twice"',
      '"twice 2"',
      '"x\ufffd"',
    ]);
    expect(attribute([member('en', { label: ' \n' })], 'NAME')).toEqual(['"en"']);
  });

  test('URIs are percent-encoded part by part', () => {
    const text = playlist([], [member('en', { path: 'a b#c?/ü:%.m3u8' })]);
    expect(text.trimEnd().split('\n').at(-1)).toBe('a%20b%23c%3F/%C3%BC%3A%25.m3u8');
  });
});

test('the first variant is the one nearest to 2 Mb/s on average, the others ascend', () => {
  const order = (...rates: number[]): string[] =>
    playlist(
      rates.map((rate, i) => variant(`v${rate}`, 160 * (9 - i), 90 * (9 - i), rate)),
      [],
    )
      .split('\n')
      .filter((line) => line.endsWith('index.m3u8'))
      .map((line) => line.replace('/index.m3u8', ''));
  expect(order(5e6, 2.8e6, 1.4e6, 8e5, 3e5)).toEqual(['v1400000', 'v300000', 'v800000', 'v2800000', 'v5000000']);
  expect(order(9e5, 5e5, 2e5)).toEqual(['v900000', 'v200000', 'v500000']);
});
