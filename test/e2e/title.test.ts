import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { idrTimes, measuredRates, probeSegments, readMedia, readMultivariant } from './title.js';

/** The instruments themselves, on a title made by FFmpeg alone. */

const run = promisify(execFile);
let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-title-'));
  await makeTitle('closed', 'keyint=25:min-keyint=25:scenecut=0');
  await makeTitle('open', 'keyint=25:min-keyint=25:scenecut=0:open-gop=1:bframes=2:repeat-headers=1');
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

async function makeTitle(name: string, x264: string): Promise<void> {
  await fs.mkdir(path.join(folder, name));
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-i', await clip('pal25'), '-an', '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-x264-params', x264, '-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod'],
    ...['-hls_segment_filename', path.join(folder, name, '%05d.ts'), path.join(folder, name, 'index.m3u8')],
  ]);
}

test('segments are counted and timed', async () => {
  const segments = await probeSegments(path.join(folder, 'closed'));
  expect(segments.map(({ packets }) => packets)).toEqual([25, 25, 25]);
  expect(segments.map(({ idrTicks }) => idrTicks.length)).toEqual([1, 1, 1]);
  expect(segments.map(({ firstTicks, idrTicks }) => firstTicks === idrTicks[0])).toEqual([true, true, true]);
  const [first = NaN, second = NaN] = await idrTimes(path.join(folder, 'closed'));
  expect(second - first).toBeCloseTo(1, 6);
});

test('a key frame of an open GOP is not taken for an IDR picture', async () => {
  await expect(probeSegments(path.join(folder, 'open'))).rejects.toThrow('no IDR picture');
});

test('rates are the bytes over the seconds', async () => {
  const { segments } = await readMedia(path.join(folder, 'closed', 'index.m3u8'));
  const sizes = await Promise.all(
    segments.map(async ({ uri }) => (await fs.stat(path.join(folder, 'closed', uri))).size),
  );
  const { average, peak } = await measuredRates(path.join(folder, 'closed'));
  expect(average).toBeCloseTo(((sizes[0] ?? 0) + (sizes[1] ?? 0) + (sizes[2] ?? 0)) * (8 / 3), 0);
  expect(peak).toBeCloseTo(Math.max(...sizes) * 8, 0);
});

describe('playlists', () => {
  test('media playlist: tags, durations, byte ranges', async () => {
    const file = path.join(folder, 'media.m3u8');
    const lines = ['#EXTM3U', '#EXT-X-TARGETDURATION:6', '#EXTINF:2.000,', '#EXT-X-BYTERANGE:376@188', 'a%20b.ts'];
    await fs.writeFile(file, [...lines, '#EXTINF:6.006,', 'c.ts', '#EXT-X-ENDLIST', ''].join('\n'));
    const { tags, segments } = await readMedia(file);
    expect(tags.get('EXT-X-TARGETDURATION')).toBe('6');
    expect(tags.has('EXT-X-ENDLIST')).toBe(true);
    expect(segments).toEqual([
      { uri: 'a b.ts', duration: 2, range: { bytes: 376, offset: 188 } },
      { uri: 'c.ts', duration: 6.006, range: null },
    ]);
  });

  test('multivariant playlist: attributes with commas in quotes', async () => {
    const file = path.join(folder, 'master.m3u8');
    const variant = '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=640x360\nv/index.m3u8';
    await fs.writeFile(file, `#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,NAME="A, B",URI="a/index.m3u8"\n${variant}\n`);
    const { variants, media, iframes } = await readMultivariant(file);
    expect(variants).toEqual([
      {
        uri: 'v/index.m3u8',
        attributes: { BANDWIDTH: '1', CODECS: 'avc1.640028,mp4a.40.2', RESOLUTION: '640x360' },
      },
    ]);
    expect(media).toEqual([{ uri: 'a/index.m3u8', attributes: { TYPE: 'AUDIO', NAME: 'A, B', URI: 'a/index.m3u8' } }]);
    expect(iframes).toEqual([]);
  });
});
