import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { playThrough, urisIn } from '../../scripts/setup/player.mjs';

const FILES = new Map([
  [
    '/t/master.m3u8',
    '#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:URI="v/iframes.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/index.m3u8\n',
  ],
  ['/t/v/index.m3u8', '#EXTM3U\n#EXTINF:1,\n00%20.ts\n#EXTINF:1,\n01.ts\n'],
  ['/t/v/iframes.m3u8', '#EXTM3U\n#EXT-X-BYTERANGE:2@0\n00%20.ts\n'],
  ['/t/v/00%20.ts', 'one'],
  ['/t/v/01.ts', 'three'],
]);
const server = http.createServer(({ url }, response) => {
  const file = FILES.get(url ?? '');
  response.writeHead(file === undefined ? 404 : 200).end(file);
});
let master = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  master = `http://127.0.0.1:${(server.address() as AddressInfo).port}/t/master.m3u8`;
});
afterAll(() => void server.close());

test("the demo's player fetches every segment once", async () => {
  expect(await playThrough(master)).toMatchObject({
    playlists: ['v/index.m3u8', 'v/iframes.m3u8'],
    segments: 2,
    bytes: 8,
  });
});

test('and complains of what does not come', async () => {
  const segment = FILES.get('/t/v/01.ts') ?? '';
  FILES.delete('/t/v/01.ts');
  await expect(playThrough(master)).rejects.toThrow(/404 for .*01\.ts/);
  FILES.set('/t/v/01.ts', segment);
});

test('URIs stand on lines of their own and in attributes', () => {
  expect(urisIn('#EXTM3U\n#EXT-X-MAP:URI="init.mp4"\na\n\na\n#b\n')).toEqual(['a', 'init.mp4']);
});
