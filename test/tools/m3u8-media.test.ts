import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Parser } from 'm3u8-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MediaPlaylistReader, readMediaPlaylist, type PlaylistSegment } from '../../src/tools/m3u8-media.js';

let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'm3u8-'));
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

interface Read {
  readonly segments: PlaylistSegment[];
  readonly reader: MediaPlaylistReader;
  readonly complaints: string[];
  readonly largestBatch: number;
}

async function read(text: string): Promise<Read> {
  const file = path.join(folder, 'index.m3u8');
  await fs.writeFile(file, text);
  const complaints: string[] = [];
  const reader = new MediaPlaylistReader((complaint) => complaints.push(complaint));
  const segments: PlaylistSegment[] = [];
  let largestBatch = 0;
  for await (const batch of readMediaPlaylist(file, reader)) {
    segments.push(...batch);
    largestBatch = Math.max(largestBatch, batch.length);
  }
  return { segments, reader, complaints, largestBatch };
}

const HEAD = '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n';
const END = '#EXT-X-ENDLIST\n';

function entries(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `#EXTINF:${i % 2 === 0 ? '2.002000' : '1.5'},title ${i}\nséquence-${i}.ts\n`,
  ).join('');
}

describe('as an independent parser reads it', () => {
  test.each([
    ['whole segments', `${HEAD}${entries(3)}${END}`],
    ['more than a piece of the file, names of several bytes a letter', `${HEAD}${entries(2000)}${END}`],
    ['no end of line at the end', `${HEAD}#EXTINF:2,\nlast.ts`],
    ['lines that end like those of Windows', `${HEAD}${entries(3)}${END}`.replaceAll('\n', '\r\n')],
    ['empty lines, comments and unknown tags', `${HEAD}\n# a comment\n#EXT-X-NEW:1\n${entries(2)}\n\n${END}`],
    ['byte ranges', `${HEAD}#EXTINF:1,\n#EXT-X-BYTERANGE:10@5\na.ts\n#EXTINF:1,\n#EXT-X-BYTERANGE:7\na.ts\n${END}`],
    [
      'an init section and a break',
      `${HEAD}#EXT-X-MAP:URI="init,1.mp4"\n${entries(2)}#EXT-X-DISCONTINUITY\n${entries(1)}${END}`,
    ],
    ['I-frames', `${HEAD}#EXT-X-I-FRAMES-ONLY\n#EXTINF:1,\n#EXT-X-BYTERANGE:10@5\na.ts\n${END}`],
    ['a live playlist', '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na.ts\n'],
  ])('%s', async (_, text) => {
    const { segments, reader, complaints } = await read(text);
    const parser = new Parser();
    parser.push(text);
    parser.end();
    const { manifest } = parser;

    expect(complaints).toEqual([]);
    expect(segments.length).toBeGreaterThan(0);
    expect(
      segments.map(({ uri, micros, range, map, discontinuity }) => ({
        uri,
        micros,
        range: range && [range.bytes, range.offset],
        map: map?.uri,
        discontinuity,
      })),
    ).toEqual(
      manifest.segments.map((segment) => ({
        uri: segment.uri,
        micros: Math.round((segment.duration ?? 0) * 1e6),
        range: segment.byterange ? [segment.byterange.length, segment.byterange.offset] : null,
        map: segment.map?.uri,
        discontinuity: 'discontinuity' in segment,
      })),
    );
    expect(reader.version).toBe(manifest.version ?? 1);
    expect(reader.targetSeconds).toBe(manifest.targetDuration);
    expect(reader.vod).toBe(manifest.playlistType === 'VOD');
    expect(reader.ended).toBe(manifest.endList ?? false);
    expect(reader.iframesOnly).toBe(manifest.iFramesOnly ?? false);
  });
});

test('a tag that holds for the whole playlist may stand behind the entries', async () => {
  const { reader } = await read(`#EXTM3U\n${entries(1)}${END}#EXT-X-TARGETDURATION:3\n#EXT-X-VERSION:4\n`);
  expect(reader).toMatchObject({ targetSeconds: 3, version: 4, ended: true });
});

test('the byte range of an init section', async () => {
  const { segments } = await read(`${HEAD}#EXT-X-MAP:URI="init.mp4",BYTERANGE="720@16"\n${entries(1)}${END}`);
  expect(segments[0]?.map).toEqual({ uri: 'init.mp4', range: { bytes: 720, offset: 16 } });
});

test.each([
  ['another first line', '#EXTINF:1,\na.ts\n', 'it does not begin with #EXTM3U'],
  ['nothing', '', 'it does not begin with #EXTM3U'],
  ['a byte order mark', `\u{feff}${HEAD}${entries(1)}`, 'it begins with a byte order mark'],
  ['a URI without EXTINF', `${HEAD}a.ts\n`, 'a.ts has no EXTINF'],
  ['an EXTINF without URI', `${HEAD}${entries(1)}#EXTINF:2,\n${END}`, 'its last EXTINF has no URI'],
  ['an EXTINF that is no number', `${HEAD}#EXTINF:2s,\na.ts\n`, 'EXTINF is "2s,"'],
  ['a negative EXTINF', `${HEAD}#EXTINF:-1,\na.ts\n`, 'EXTINF is "-1,"'],
  [
    'a target duration that is no whole number',
    '#EXTM3U\n#EXT-X-TARGETDURATION:1.5\n',
    'EXT-X-TARGETDURATION is "1.5"',
  ],
  ['an unknown kind', '#EXTM3U\n#EXT-X-PLAYLIST-TYPE:DVD\n', 'EXT-X-PLAYLIST-TYPE is "DVD"'],
  ['a byte range that is none', `${HEAD}#EXTINF:1,\n#EXT-X-BYTERANGE:5-9\na.ts\n`, 'EXT-X-BYTERANGE is "5-9"'],
  [
    'a byte range without offset, after another file',
    `${HEAD}#EXTINF:1,\n#EXT-X-BYTERANGE:5@0\na.ts\n#EXTINF:1,\n#EXT-X-BYTERANGE:5\nb.ts\n`,
    'the EXT-X-BYTERANGE of b.ts has no offset, and no range of that file stands before it',
  ],
  ['an init section without URI', `${HEAD}#EXT-X-MAP:BYTERANGE="1@0"\n${entries(1)}`, 'an EXT-X-MAP has no URI'],
  ['a key without method', `${HEAD}#EXT-X-KEY:URI="k"\n${entries(1)}`, 'an EXT-X-KEY has no METHOD'],
  [
    'I-frames in a playlist of version 3',
    '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-I-FRAMES-ONLY\n',
    'EXT-X-I-FRAMES-ONLY needs EXT-X-VERSION 4',
  ],
])('%s', async (_, text, complaint) => {
  expect((await read(text)).complaints).toEqual([complaint]);
});

test('entries come as the file is read, whatever stands in it', async () => {
  const { segments, largestBatch } = await read(`${HEAD}${entries(5000)}`);
  expect(segments).toHaveLength(5000);
  expect(largestBatch).toBeLessThan(500);

  const noise = await read(`${HEAD}${'x'.repeat(1_000_000)}\n${entries(1)}`);
  expect(noise.segments.map(({ uri }) => uri.length)).toEqual([expect.any(Number), 'séquence-0.ts'.length]);
});
