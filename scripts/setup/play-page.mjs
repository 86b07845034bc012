import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const TYPES = new Map([
  ['.m3u8', 'application/vnd.apple.mpegurl'],
  ['.ts', 'video/mp2t'],
  ['.js', 'text/javascript'],
]);

/** @param {string} source address of the master playlist */
const pageFor = (source) => `<!doctype html>
<meta charset="utf-8"><title>mediactl demo</title>
<style>body{margin:2em auto;max-width:1280px;font:16px sans-serif;background:#111;color:#eee}video{width:100%}</style>
<video controls autoplay muted></video><p id="level"></p>
<script src="/hls.js"></script>
<script>
const video = document.querySelector('video');
if (Hls.isSupported()) {
  const hls = new Hls();
  hls.loadSource(${JSON.stringify(source)});
  hls.attachMedia(video);
  hls.on(Hls.Events.LEVEL_SWITCHED, (_, { level }) => {
    document.querySelector('#level').textContent = hls.levels[level].height + 'p, ' + hls.levels[level].codecSet;
  });
} else video.src = ${JSON.stringify(source)};
</script>`;

/**
 * Serves a page with a player to this machine only, until interrupted.
 * @param {{ root: string, title: string, source?: string }} options folders of the project and of the title; where
 *   the title is served instead, if it is not by this server
 */
export function playPage({ root, title, source = '/title/master.m3u8' }) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8').end(pageFor(source));
      return;
    }
    const file =
      pathname === '/hls.js'
        ? path.join(root, 'node_modules/hls.js/dist/hls.min.js')
        : path.join(title, path.posix.normalize(decodeURIComponent(pathname)).replace(/^\/title\//, ''));
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      response.writeHead(404).end();
      return;
    }
    const start = Number(range?.[1] ?? 0);
    const end = range?.[2] ? Number(range[2]) : size - 1;
    response.writeHead(range ? 206 : 200, {
      'Content-Type': TYPES.get(path.extname(file)) ?? 'application/octet-stream',
      'Content-Length': end - start + 1,
      ...(range && { 'Content-Range': `bytes ${start}-${end}/${size}` }),
    });
    fs.createReadStream(file, { start, end }).pipe(response);
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : '';
    process.stdout.write(`\nhttp://127.0.0.1:${port}/   (Ctrl-C to stop)\n`);
  });
}
