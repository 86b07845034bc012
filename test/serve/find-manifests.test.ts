import { expect, test } from 'vitest';
import { findManifests } from '../../src/serve/find-manifests.js';
import type { MediaSource } from '../../src/serve/media.js';

function mediaOf(files: Readonly<Record<string, string>>): MediaSource {
  return {
    open: async (path) => {
      const text = files[path];
      if (text === undefined) return null;
      const bytes = Buffer.from(text);
      const read = async function* (start: number, end: number): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(start, end);
      };
      return { bytes: bytes.length, read, close: async () => {} };
    },
    close: async () => {},
  };
}

const TOP = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n';
const MEDIA = '#EXTM3U\n#EXTINF:1,\na.ts\n';
const MPD = '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>';

test.each([
  [
    'the usual names, HLS first',
    { 'master.m3u8': TOP, 'manifest.mpd': MPD, 'a.m3u8': MEDIA },
    ['master.m3u8', 'manifest.mpd'],
  ],
  [
    'all that players open',
    { 'master.m3u8': TOP, 'z.m3u8': TOP, 'manifest.mpd': MPD, 'a.m3u8': MEDIA },
    ['master.m3u8', 'manifest.mpd', 'z.m3u8'],
  ],
  ['a playlist of playlists before one of segments', { 'a.m3u8': MEDIA, 'z.m3u8': TOP }, ['z.m3u8']],
  ['one of segments where there is no other', { 'b.m3u8': MEDIA, 'a.m3u8': MEDIA }, ['a.m3u8']],
  ['after a byte order mark', { 'x.m3u8': `\uFEFF${TOP}` }, ['x.m3u8']],
  ['not by the name alone', { 'master.m3u8': 'hello', 'manifest.mpd': '<html>', 'movie.mp4': '' }, []],
])('%s', async (_, files, paths) => {
  expect((await findManifests(mediaOf(files), Object.keys(files))).map(({ path }) => path)).toEqual(paths);
});

test('where nobody can list, the usual names are tried', async () => {
  const found = await findManifests(mediaOf({ 'stream.mpd': MPD, 'odd.m3u8': TOP }), null);
  expect(found).toEqual([{ format: 'dash', path: 'stream.mpd' }]);
});
