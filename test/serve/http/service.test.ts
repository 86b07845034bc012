import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { answer } from '../../../src/serve/answers.js';
import { readBody } from '../../../src/serve/http/body.js';
import { answerProblem } from '../../../src/serve/http/problem.js';
import type { HttpServer } from '../../../src/serve/http/server.js';
import { startService, type ServiceOptions } from '../../../src/serve/http/service.js';
import { readTlsFiles } from '../../../src/serve/http/tls.js';
import { TEST_CERTIFICATE, TEST_CERTIFICATE_KEY } from '../../support/tls.js';

let server: HttpServer | null = null;
let troubles: unknown[] = [];
/** Requests to /slow wait for this. */
let release: () => void = () => {};

afterEach(async () => {
  await server?.close(0);
  server = null;
});

async function start(options: Partial<ServiceOptions> = {}): Promise<string> {
  troubles = [];
  const held = new Promise<void>((resolve) => (release = resolve));
  server = await startService({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    rateLimit: 60_000,
    forwarded: false,
    openMetrics: false,
    allowOrigin: '*',
    onTrouble: (error) => troubles.push(error),
    routes: () => ({
      '/echo': async ({ request, response, address }) => {
        const body = await readBody(request, 1000);
        if (body === null) return answerProblem(response, { status: 413, title: 'too much' });
        answer(response, 200, `${address} ${body.toString()}`);
      },
      '/slow': async ({ response }) => {
        await held;
        answer(response, 200, 'at last');
      },
      '/broken': () => Promise.reject(new Error('a secret of the program')),
    }),
    ...options,
  });
  return `http://127.0.0.1:${server.port}`;
}

const post = (url: string, body = 'x', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers });

/** What comes back for these bytes, until the server ends the connection. */
async function raw(bytes: string, { ends = true } = {}): Promise<string> {
  const socket = net.connect(server?.port ?? 0, '127.0.0.1');
  socket.on('error', () => {});
  if (ends) socket.end(bytes);
  else socket.write(bytes);
  return text(socket).catch(() => 'cut');
}

test('routes take what is posted, all else is refused as a problem that a program can read', async () => {
  const url = await start();
  expect(await (await post(`${url}/echo`, 'hello')).text()).toBe('127.0.0.1 hello');
  expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n');
  for (const [path, method, status] of [
    ['/', 'GET', 404],
    ['/nothing', 'POST', 404],
    ['/constructor', 'POST', 404],
    ['/echo', 'GET', 405],
    ['/echo', 'DELETE', 405],
  ] as const) {
    const refused = await fetch(`${url}${path}`, { method });
    expect([path, refused.status]).toEqual([path, status]);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(await refused.json()).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  }
  const { headers } = await post(`${url}/echo`);
  expect(headers.get('set-cookie')).toBeNull();
  expect(headers.get('cache-control')).toBe('no-store');
});

test('a failure says nothing of itself to whoever asked, and the terminal all', async () => {
  const url = await start();
  const broken = await post(`${url}/broken`);
  expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('secret')]);
  expect(troubles).toEqual([new Error('a secret of the program')]);
  expect((await post(`${url}/echo`)).status).toBe(200);
});

test('CORS: any page without cookies, or the one that is named', async () => {
  const origin = 'https://page.example';
  const url = await start();
  const preflight = await fetch(`${url}/echo`, { method: 'OPTIONS', headers: { origin } });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, '*']);
  expect(preflight.headers.get('access-control-allow-headers')).toBe('Content-Type, Authorization, X-Device-Id');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  expect((await post(`${url}/echo`, 'x', { origin })).headers.get('access-control-allow-origin')).toBe('*');

  await server?.close(0);
  const named = await start({ allowOrigin: origin });
  const own = await post(`${named}/echo`, 'x', { origin });
  expect([own.status, own.headers.get('access-control-allow-origin'), own.headers.get('vary')]).toEqual([
    200,
    origin,
    'Origin',
  ]);
  const other = await post(`${named}/echo`, 'x', { origin: 'https://other.example' });
  expect([other.status, other.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

test('too many requests of one address wait, and are told how long; a proxy says whose they are', async () => {
  const url = await start({ rateLimit: 60, forwarded: true });
  const from = (address: string): Promise<Response> => post(`${url}/echo`, 'x', { 'x-forwarded-for': address });
  for (let i = 0; i < 10; i++) expect((await from('192.0.2.1')).status).toBe(200);
  const refused = await from('192.0.2.1');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await from('192.0.2.2')).status).toBe(200);
});

test('/metrics counts by route and status, and only for this machine', async () => {
  const url = await start();
  await post(`${url}/echo`);
  await post(`${url}/anything-at-all`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('mediactl_http_requests_total{route="/echo",status="200"} 1\n');
  expect(metrics).toContain('mediactl_http_requests_total{route="other",status="404"} 1\n');
  expect(metrics).not.toContain('anything');
  const headers = { 'x-forwarded-for': '192.0.2.1' };
  expect((await fetch(`${url}/metrics`, { headers })).status).toBe(404);
  await server?.close(0);
  expect((await fetch(`${await start({ openMetrics: true })}/metrics`, { headers })).status).toBe(200);
});

test('what is malformed or too large is answered and cut, and the next one served', async () => {
  const url = await start();
  for (const [bytes, status] of [
    ['\0\0\0\0', '400'],
    ['GET / HTTP/9.9\r\n\r\n', '400'],
    ['POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', '400'],
    ['POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n', '400'],
    [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, '431'],
    [`GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(10_000)}\r\n`, '431'],
    ['\x16\x03\x01\x00\x05hello', '400'],
  ] as const) {
    const came = await raw(bytes);
    // Of a large one the rest may be on its way when the connection is cut, and takes the answer with it.
    const answers = bytes.length > 10_000 ? [`HTTP/1.1 ${status}`, 'cut'] : [`HTTP/1.1 ${status}`];
    expect(answers, bytes.slice(0, 40)).toContain(came.slice(0, 12));
  }
  expect((await post(`${url}/echo`, 'x'.repeat(1001))).status).toBe(413);
  // Without a length beforehand.
  const chunked = `POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${`3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(3)}`;
  expect(await raw(`${chunked}0\r\n\r\n`)).toContain('HTTP/1.1 413');
  // What never ends is cut.
  const endless = net.connect(server?.port ?? 0, '127.0.0.1');
  endless.on('error', () => {});
  endless.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000000\r\n\r\n');
  const flood = setInterval(() => endless.write(Buffer.alloc(1024 * 1024)), 1);
  await new Promise((resolve) => endless.resume().once('close', resolve));
  clearInterval(flood);
  expect((await post(`${url}/echo`)).status).toBe(200);
});

test('whoever sends a request one byte at a time is cut off in the end, and others are served meanwhile', async () => {
  const url = await start();
  const slow = Array.from({ length: 50 }, () => raw('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-le', { ends: false }));
  expect((await post(`${url}/echo`)).status).toBe(200);
  for (const came of await Promise.all(slow)) expect(came).toMatch(/^HTTP\/1\.1 408|^cut$/);
});

test('many connections: those of one address beyond a bound are cut, and it serves on', async () => {
  const url = await start();
  let cut = 0;
  const sockets: net.Socket[] = [];
  // A hundred at a time: of more than the listener's backlog, the kernel lets some wait for minutes.
  while (sockets.length < 1500) {
    const some = Array.from({ length: 100 }, () =>
      net
        .connect(server?.port ?? 0, '127.0.0.1')
        .on('error', () => {})
        .on('close', () => cut++),
    );
    sockets.push(...some);
    await Promise.all(some.map((socket) => once(socket, 'connect').catch(() => {})));
  }
  while (cut < 500) await new Promise((resolve) => setImmediate(resolve));
  expect(server?.connections()).toBe(1000);
  for (const socket of sockets) socket.destroy();
  while ((server?.connections() ?? 0) > 0) await new Promise((resolve) => setImmediate(resolve));
  expect((await post(`${url}/echo`)).status).toBe(200);
});

test('a graceful stop answers what is under way, and takes nothing new', async () => {
  const url = await start();
  const agent = new http.Agent({ keepAlive: true });
  const request = http.request(`${url}/slow`, { method: 'POST', agent });
  const came = once(request, 'response');
  request.end();
  while (server?.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
  const asked = http.get(`${url}/healthz`);
  await once(asked, 'response');
  const closed = server?.close(60_000);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  release();
  const [response] = (await came) as [http.IncomingMessage];
  expect([response.statusCode, await text(response)]).toEqual([200, 'at last']);
  await closed;
  server = null;
  agent.destroy();
});

test('HTTPS by files, which belong together and are not for everybody', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mediactl-tls-'));
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await writeFile(cert, TEST_CERTIFICATE);
    await writeFile(key, TEST_CERTIFICATE_KEY, { mode: 0o604 });
    await chmod(key, 0o604);
    await expect(readTlsFiles(cert, key)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('600'),
    });
    await chmod(key, 0o600);
    await expect(readTlsFiles(cert, null)).rejects.toMatchObject({ code: 'usage' });
    await expect(readTlsFiles(cert, cert)).rejects.toMatchObject({ code: 'usage' });
    await expect(readTlsFiles(cert, join(folder, 'none'))).rejects.toMatchObject({ code: 'input-unreadable' });
    await start({ tls: await readTlsFiles(cert, key) });
    const options = { ca: TEST_CERTIFICATE, host: 'localhost', port: server?.port, path: '/healthz' };
    const [response] = (await once(https.get({ ...options, family: 4 }), 'response')) as [http.IncomingMessage];
    expect(await text(response)).toBe('ok\n');
  } finally {
    await rm(folder, { recursive: true });
  }
});
