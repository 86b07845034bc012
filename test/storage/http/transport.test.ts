import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TransportError } from '../../../src/storage/http/transport-error.js';
import { Transport, type TimeLimits } from '../../../src/storage/http/transport.js';
import { Throttle } from '../../../src/storage/throttle.js';
import { timeOfEncodes } from '../../support/pace.js';
import { FakeClock } from '../clock.js';

// Patient, so that a busy machine does no harm.
const LIMITS: TimeLimits = { stallMs: 20_000, attemptMs: 60_000, bytesPerSecond: 1e6 };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(server: net.Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  closing.push(() => server.closeAllConnections());
  return listen(server);
}

/** A server on bare sockets; `closed` counts connections that the client ended. */
async function serveRaw(onSocket: (socket: net.Socket) => void): Promise<{ url: string; closed: () => number }> {
  let closed = 0;
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined).on('close', () => closed++);
    closing.push(() => socket.destroy());
    onSocket(socket);
  });
  return { url: await listen(server), closed: () => closed };
}

function transport(limits: Partial<TimeLimits> = {}, signal?: AbortSignal): Transport {
  const made = new Transport({ sockets: 4, limits: { ...LIMITS, ...limits }, signal });
  closing.push(() => made.close());
  return made;
}

const put = (
  url: string,
  body: Uint8Array[] = [],
): { method: string; url: string; headers: {}; body: Uint8Array[] } => ({
  method: 'PUT',
  url,
  headers: {},
  body,
});

test('what is sent arrives, whatever the sizes of its parts, over one kept connection', async () => {
  const sockets = new Set<unknown>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      response.setHeader('x-length', request.headers['content-length'] ?? 'none').end(body);
    });
  });
  const client = transport();
  for (const sizes of [[], [0], [1], [10, 700_000, 10], [262_144], [262_145, 3], [5, 5, 5]]) {
    const body = sizes.map((size, i) => Buffer.alloc(size, `${i}part`));
    let sent = 0;
    const answer = await client.exchange({ ...put(url, body), onSent: (bytes) => (sent += bytes) });
    expect(answer.status).toBe(200);
    expect(answer.body.equals(Buffer.concat(body))).toBe(true);
    expect(answer.headers['x-length']).toBe(String(answer.body.length));
    expect(sent).toBe(answer.body.length);
  }
  expect(sockets.size).toBe(1);
});

test.each<[string, (socket: net.Socket) => void]>([
  ['never answers', (socket) => socket.resume()],
  ['never reads', (socket) => void setTimeout(() => socket.resume(), 1000).unref()],
  [
    'stops in the middle of an answer',
    (socket) => socket.resume().write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
  ],
  ['stops in the middle of the headers', (socket) => socket.resume().write('HTTP/1.1 200 OK\r\nConte')],
])('a server that %s is cut off, socket and all', async (_, onSocket) => {
  const { url, closed } = await serveRaw(onSocket);
  const work = transport({ stallMs: 200 }).exchange(put(url, [Buffer.alloc(20_000_000)]));
  await expect(work).rejects.toMatchObject({ name: 'TransportError', code: 'ETIMEDOUT', message: /nothing moved/ });
  await expect.poll(closed).toBe(1);
});

test('a slow server is waited for as long as something moves', async () => {
  const stallMs = timeOfEncodes(12);
  const url = await serve((_, response) => {
    response.setHeader('content-length', 8);
    let left = 8;
    const timer = setInterval(() => {
      response.write('x');
      if (--left === 0) clearInterval(timer);
    }, stallMs / 7);
  });
  const { body } = await transport({ stallMs }).exchange({ method: 'GET', url, headers: {} });
  expect(body.toString()).toBe('xxxxxxxx');
});

describe('held to a rate', () => {
  const held = (throttle: Throttle, limits: Partial<TimeLimits> = {}): Transport => {
    const made = new Transport({ sockets: 4, limits: { ...LIMITS, ...limits }, throttle });
    closing.push(() => made.close());
    return made;
  };
  const echo = async (): Promise<string> =>
    serve((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length)).on('end', () => response.end(String(bytes)));
    });

  test('the bytes of all requests together take the time that they should', async () => {
    const clock = new FakeClock();
    const client = held(new Throttle(100_000, clock));
    const url = await echo();
    const started = clock.now();
    const sent: number[] = [];
    for (const sizes of [[1_000_000], [10, 500_000, 3], [], [1]]) {
      const body = sizes.map((size) => Buffer.alloc(size));
      const answer = await client.exchange({ ...put(url, body), onSent: (bytes) => sent.push(bytes) });
      expect(answer.body.toString()).toBe(String(Buffer.concat(body).length));
    }
    expect(sent.reduce((sum, bytes) => sum + bytes)).toBe(1_500_014);
    expect(Math.max(...sent)).toBe(12_500);
    const seconds = (clock.now() - started) / 1000;
    expect(seconds).toBeGreaterThan(14.7);
    expect(seconds).toBeLessThanOrEqual(15.1);
  });

  test('waiting for our own turn is neither a stall nor counts for the end of the attempt', async () => {
    const waits: number[] = [];
    const stallMs = timeOfEncodes(8);
    // As long as a stall in reality, whatever it is asked for.
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 1.1 * stallMs));
    };
    const client = held(new Throttle(8192, { now: () => 0, random: () => 0, sleep }), {
      stallMs,
      attemptMs: 2 * stallMs,
      bytesPerSecond: 1e9,
    });
    const answer = await client.exchange(put(await echo(), [Buffer.alloc(16_384)]));
    expect(answer.body.toString()).toBe('16384');
    expect(waits.length).toBeGreaterThanOrEqual(3);
  });

  test('a server that stands still is cut all the same', async () => {
    const { url, closed } = await serveRaw((socket) => void socket.pause());
    const client = held(new Throttle(1e9, new FakeClock()), { stallMs: 200 });
    await expect(client.exchange(put(url, [Buffer.alloc(20_000_000)]))).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    closing.splice(0).forEach((close) => close());
    await expect.poll(closed).toBe(1);
  });

  test('an answer that comes before all was sent ends the sending', async () => {
    const { url } = await serveRaw((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 412 Precondition Failed\r\nContent-Length: 2\r\n\r\nno'));
      socket.resume();
    });
    let sent = 0;
    const sleep = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const client = held(new Throttle(8192, { now: () => 0, random: () => 0, sleep }));
    const body = [Buffer.alloc(8_000_000)];
    const answer = await client.exchange({ ...put(url, body), onSent: (bytes) => (sent += bytes) });
    expect(answer.status).toBe(412);
    expect(sent).toBeLessThan(8_000_000);
  });
});

test('but not for ever: an attempt has an end', async () => {
  const { url, closed } = await serveRaw((socket) => {
    socket.resume().write('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 50);
    socket.on('close', () => clearInterval(timer));
  });
  const work = transport({ attemptMs: 500 }).exchange({ method: 'GET', url, headers: {} });
  await expect(work).rejects.toMatchObject({ code: 'ETIMEDOUT', message: /not done after/ });
  await expect.poll(closed).toBe(1);
});

test('the more there is to send, the longer it may take', async () => {
  const { url } = await serveRaw((socket) => {
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 10);
      if (bytes > 1_000_000) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const { status } = await transport({
    stallMs: timeOfEncodes(14),
    attemptMs: 10,
    bytesPerSecond: 1e9 / timeOfEncodes(70),
  }).exchange(put(url, [Buffer.alloc(1e6)]));
  expect(status).toBe(200);
});

test.each<[string, string | null]>([
  ['closes without an answer', null],
  ['closes in the middle of an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
  ['talks nonsense', 'SSH-2.0-OpenSSH_9.2\r\n'],
])('a server that %s is a failure', async (_, answer) => {
  const { url } = await serveRaw((socket) => {
    socket.on('data', () => {
      if (answer !== null) socket.write(answer);
      socket.end();
    });
  });
  const work = transport().exchange({ method: 'GET', url, headers: { authorization: 'Bearer secret' } });
  await expect(work).rejects.toBeInstanceOf(TransportError);
  await expect(work).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
});

test('an answer that comes before all was sent is taken, and its connection not used again', async () => {
  let connections = 0;
  const { url } = await serveRaw((socket) => {
    connections++;
    socket.once('data', () => socket.write('HTTP/1.1 412 Precondition Failed\r\nContent-Length: 2\r\n\r\nno'));
    socket.once('data', () => socket.pause());
  });
  const client = transport();
  for (const round of [1, 2]) {
    const answer = await client.exchange(put(url, [Buffer.alloc(30_000_000)]));
    expect(answer).toMatchObject({ status: 412 });
    expect(connections).toBe(round);
  }
});

test('answers larger than can be are refused', async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(100_000)));
  const work = transport().exchange({ method: 'GET', url, headers: {}, maxAnswerBytes: 50_000 });
  await expect(work).rejects.toMatchObject({ code: 'EBADANSWER' });
});

test('an abort cuts what is under way, with its own reason', async () => {
  const { url, closed } = await serveRaw((socket) => socket.resume());
  const controller = new AbortController();
  const client = transport({ stallMs: 60_000 }, controller.signal);
  const work = client.exchange(put(url, [Buffer.alloc(10)]));
  const reason = new Error('Ctrl-C');
  setTimeout(() => controller.abort(reason), 50);
  await expect(work).rejects.toBe(reason);
  await expect(client.exchange(put(url))).rejects.toBe(reason);
  await expect.poll(closed).toBe(1);
});

test('nobody there', async () => {
  const url = await serve(() => undefined);
  closing.splice(0).forEach((close) => close());
  await expect(transport().exchange({ method: 'GET', url, headers: {} })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

describe('through a proxy', () => {
  const through = (url: string): Transport => {
    const { hostname, port } = new URL(url);
    const made = new Transport({
      sockets: 4,
      limits: { ...LIMITS, stallMs: timeOfEncodes(3) },
      proxyFor: () => ({ secure: false, host: hostname, port: Number(port), authorization: null }),
    });
    closing.push(() => made.close());
    return made;
  };
  const ask = { method: 'GET', url: 'https://storage.test/', headers: { authorization: 'Bearer secret' } };

  test.each<[string, string | null, object]>([
    ['says nothing', null, { code: 'ETIMEDOUT' }],
    ['refuses', 'HTTP/1.1 407 No\r\n\r\n', { code: 'EPROXYREFUSED', message: /answered 407 No$/ }],
    ['cannot', 'HTTP/1.1 503 Later\r\n\r\n', { code: 'EPROXY', message: /answered 503 Later$/ }],
    ['talks nonsense', 'SSH-2.0-OpenSSH_9.2\r\n', { byProxy: true, message: /cannot be reached/ }],
  ])('one that %s is a failure, and left', async (_, answer, expected) => {
    let heard = '';
    const { url, closed } = await serveRaw((socket) => {
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.toString();
        if (answer !== null) socket.write(answer);
      });
    });
    await expect(through(url).exchange(ask)).rejects.toMatchObject({ name: 'TransportError', ...expected });
    await expect.poll(closed).toBe(1);
    expect(heard).toMatch(/^CONNECT storage\.test:443 HTTP/);
    expect(heard).not.toContain('secret');
  });

  test('none there', async () => {
    const url = await serve(() => undefined);
    closing.splice(0).forEach((close) => close());
    await expect(through(url).exchange(ask)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      byProxy: true,
      message: /^the proxy 127\.0\.0\.1:\d+ cannot be reached/,
    });
  });
});
