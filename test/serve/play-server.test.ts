import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PlaybackReport } from '../../src/model/playback.js';
import { folderMedia } from '../../src/serve/folder-media.js';
import { Link } from '../../src/serve/link.js';
import { startPlayServer, type PlayServer } from '../../src/serve/play-server.js';

let folder = '';
let server: PlayServer | null = null;
let link = new Link(null);
const reports: PlaybackReport[] = [];
const BYTES = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 251));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-serve-'));
  await mkdir(join(folder, 'title/720p'), { recursive: true });
  await writeFile(join(folder, 'title/master.m3u8'), '#EXTM3U\n');
  await writeFile(join(folder, 'title/720p/00000.ts'), BYTES);
  await writeFile(join(folder, 'title/trap.html'), '<script>alert(1)</script>');
  await writeFile(join(folder, 'title/.hidden'), 'hidden');
  await writeFile(join(folder, 'secret.ts'), 'secret');
  await symlink(join(folder, 'secret.ts'), join(folder, 'title/link.ts'));
  await symlink('720p', join(folder, 'title/within'));
  reports.length = 0;
  link = new Link(null);
});

afterEach(async () => {
  await server?.close();
  server = null;
  await rm(folder, { recursive: true });
});

async function start(allowedOrigin: string | null = null, names: readonly string[] = []): Promise<void> {
  server = await startPlayServer({
    host: '127.0.0.1',
    port: 0,
    names,
    allowedOrigin,
    media: await folderMedia(join(folder, 'title')),
    link,
    config: { title: 'title', manifests: [{ format: 'hls', url: 'title/master.m3u8' }], figures: true },
    onReports: (batch) => reports.push(...batch),
    onTrouble: (error) => {
      throw error;
    },
  });
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it stands: fetch would tidy the path, and refuse some headers. */
async function ask(
  path: string,
  { headers = {}, method = 'GET', body }: { headers?: Record<string, string>; method?: string; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: server?.port, path, method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}

const own = (): string => `127.0.0.1:${server?.port}`;

describe('files of the title', () => {
  test('whole, by ranges, and only their headers', async () => {
    await start();
    const whole = await ask('/title/720p/00000.ts');
    expect(whole).toMatchObject({ status: 200, body: BYTES });
    expect(whole.headers).toMatchObject({
      'content-type': 'video/mp2t',
      'content-length': '1000',
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(whole.headers).not.toHaveProperty('access-control-allow-origin');
    const ranges = [
      ['bytes=10-19', 206, 'bytes 10-19/1000', BYTES.subarray(10, 20)],
      ['bytes=990-', 206, 'bytes 990-999/1000', BYTES.subarray(990)],
      ['bytes=-5', 206, 'bytes 995-999/1000', BYTES.subarray(995)],
      ['bytes=900-5000', 206, 'bytes 900-999/1000', BYTES.subarray(900)],
      ['bytes=1000-', 416, 'bytes */1000', Buffer.alloc(0)],
    ] as const;
    for (const [range, status, contentRange, body] of ranges) {
      const part = await ask('/title/720p/00000.ts', { headers: { range } });
      expect(part, range).toMatchObject({ status, body });
      expect(part.headers['content-range']).toBe(contentRange);
    }
    expect(await ask('/title/720p/00000.ts', { method: 'HEAD' })).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect((await ask('/title/master.m3u8')).headers['content-type']).toBe('application/vnd.apple.mpegurl');
    expect(await ask('/title/within/00000.ts')).toMatchObject({ status: 200 });
  });

  test('nothing outside the folder, by no name', async () => {
    await start();
    for (const path of [
      '/title/../secret.ts',
      '/title/720p/../../secret.ts',
      '/title/%2e%2e/secret.ts',
      '/title/..%2fsecret.ts',
      '/title/..%5csecret.ts',
      '/title/720p%2f00000.ts',
      '/title/%252e%252e/secret.ts',
      `/title/${join(folder, 'secret.ts')}`,
      `/title//${join(folder, 'secret.ts')}`,
      '/title/link.ts',
      '/title/.hidden',
      '/title/720p',
      '/title/',
      '/title/%00',
      '/title/%zz',
      '/title/missing.ts',
      '/secret.ts',
      '/page/../../package.json',
    ]) {
      const { status, body } = await ask(path);
      expect([path, status]).toEqual([path, 404]);
      expect(body.toString()).not.toContain('secret');
    }
  });

  test('a socket in it is no file', async () => {
    const socket = net.createServer().listen(join(folder, 'title/socket.ts'));
    await once(socket, 'listening');
    await start();
    expect(await ask('/title/socket.ts')).toMatchObject({ status: 404 });
    socket.close();
  });

  test('what a browser would run comes as bytes that do nothing', async () => {
    await start();
    const { headers } = await ask('/title/trap.html');
    expect(headers['content-type']).toBe('application/octet-stream');
    expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
  });

  test('no faster than the link, which the page may change', async () => {
    let now = 0;
    const clock = {
      now: () => now,
      sleep: async (milliseconds: number) => void (now += milliseconds),
      random: () => 0,
    };
    link = new Link(8, clock);
    await start();
    expect((await ask('/title/720p/00000.ts')).body).toEqual(BYTES);
    const again = await ask('/title/720p/00000.ts');
    expect(again.body).toEqual(BYTES);
    // The second thousand bytes wait for the first: a second at 8 kbit/s, less what is let through at once.
    expect(now).toBeGreaterThan(800);
    expect(now).toBeLessThan(2000);
    const headers = { 'content-type': 'application/json', host: own() };
    const set = async (body: string): Promise<number> =>
      (await ask('/throttle', { method: 'POST', headers, body })).status;
    expect(await set('{"kilobits":1500}')).toBe(204);
    expect(link.kilobits).toBe(1500);
    expect(JSON.parse((await ask('/config.json')).body.toString())).toMatchObject({
      throttle: 1500,
      canThrottle: true,
    });
    expect(await set('{"kilobits":null}')).toBe(204);
    expect(link.kilobits).toBeNull();
    for (const wrong of ['{"kilobits":0}', '{"kilobits":"1"}', '{}', '[', '']) expect(await set(wrong)).toBe(400);
  });
});

describe('who may ask', () => {
  test('not by a name that could lead anywhere (DNS rebinding)', async () => {
    await start(null, ['studio']);
    const statusFor = async (host: string): Promise<number> => (await ask('/', { headers: { host } })).status;
    for (const host of [own(), 'localhost:1', '[::1]:1', '192.168.1.7:8123', 'studio:1', 'STUDIO']) {
      expect([host, await statusFor(host)]).toEqual([host, 200]);
    }
    for (const host of [
      'evil.example',
      'evil.example:8123',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      'a@b',
    ]) {
      expect([host, await statusFor(host)]).toEqual([host, 403]);
    }
  });

  test('no other page, unless its origin is allowed; and then it reads only', async () => {
    await start();
    const other = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' };
    expect(await ask('/title/master.m3u8', { headers: other })).toMatchObject({ status: 403 });
    const embedded = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'video' };
    expect(await ask('/title/720p/00000.ts', { headers: embedded })).toMatchObject({ status: 403 });
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect(await ask('/', { headers: link })).toMatchObject({ status: 200 });

    await server?.close();
    await start('http://localhost:3000');
    const allowed = await ask('/title/master.m3u8', { headers: other });
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'Origin',
    });
    const preflight = await ask('/title/master.m3u8', { headers: other, method: 'OPTIONS' });
    expect(preflight.headers).toMatchObject({ 'access-control-allow-headers': 'Range' });
    expect(await ask('/title/master.m3u8', { headers: { ...other, origin: 'http://evil.example' } })).toMatchObject({
      status: 403,
    });
    const headers = { ...other, 'content-type': 'application/json' };
    const throttle = { headers, method: 'POST', body: '{"kilobits":1}' };
    expect(await ask('/throttle', throttle)).toMatchObject({ status: 403 });
  });

  test('the page may run its own scripts and no others', async () => {
    await start();
    const { headers, body } = await ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(body.toString()).not.toMatch(/<style|style=|\son\w+=|<script>|https?:\/\//);
  });
});

describe('reports', () => {
  const report = {
    session: '0123456789abcdef',
    number: 0,
    title: 'title',
    player: 'hls.js',
    format: 'hls',
    happened: '2026-01-01T00:00:00.000Z',
    position: 1.5,
    bufferSeconds: 2,
    bandwidth: null,
  };
  const post = async (value: unknown, type = 'application/json'): Promise<number> => {
    const headers = { 'content-type': type };
    return (await ask('/reports', { method: 'POST', headers, body: JSON.stringify(value) })).status;
  };

  test('are passed on when they are what a page sends, and refused otherwise', async () => {
    await start();
    const stall = { ...report, event: 'stall', milliseconds: 700 };
    expect(await post([stall, { ...report, event: 'low_buffer' }])).toBe(204);
    expect(reports).toEqual([stall, { ...report, event: 'low_buffer' }]);
    for (const wrong of [
      stall,
      [],
      [{ ...stall, more: 1 }],
      [{ ...stall, milliseconds: -1 }],
      [{ ...stall, event: 'toString' }],
      [{ ...stall, session: '../../etc' }],
      [{ ...stall, title: 'x'.repeat(201) }],
      Array.from({ length: 201 }, () => stall),
    ]) {
      expect(await post(wrong)).toBe(400);
    }
    expect(await post([{ ...stall, title: 'x'.repeat(300_000) }])).toBe(400);
    // What a form of another page can send without asking.
    expect(await post([stall], 'text/plain')).toBe(415);
    expect(reports).toHaveLength(2);
  });
});
