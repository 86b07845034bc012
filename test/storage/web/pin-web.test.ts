import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import type { Pinned } from '../../../src/storage/remote-file/pinned.js';
import type { StorageEvent } from '../../../src/storage/storage-event.js';
import { pinWeb, type WebOptions } from '../../../src/storage/web/pin-web.js';
import { timeOfEncodes } from '../../support/pace.js';
import { SELF_SIGNED } from './certificate.js';
import { sendFile, serve } from './server.js';

const CONTENT = randomBytes(1_000_000);
const opened: Pinned[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const pinned of opened.splice(0)) pinned.close();
});

async function open(address: string, options: Partial<WebOptions> = {}): Promise<Pinned> {
  const pinned = await pinWeb(new URL(address), {
    retry: { baseMs: 2, capMs: 10, patienceMs: timeOfEncodes(20) },
    limits: { stallMs: timeOfEncodes(3) },
    freeBytes: () => Promise.resolve(Infinity),
    ...options,
  });
  opened.push(pinned);
  return pinned;
}

async function bytesOf(source: Pinned, start = 0, end = source.bytes): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await source.fetch(start, end, (piece) => pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}

/** What it failed with; nothing secret is in it, at any depth. */
async function failure(work: Promise<unknown>): Promise<MediactlError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MediactlError)) throw error;
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(/secret/);
  return error;
}

test('by ranges, pinned to the entity tag', async () => {
  const { origin, requests } = await serve((request, response) => sendFile(request, response, CONTENT));
  const source = await open(`${origin}/a/movie.mp4?signature=secret`);
  expect(source).toMatchObject({ name: `${origin}/a/movie.mp4`, bytes: 1_000_000, version: '"one"', isLocal: false });
  expect((await bytesOf(source, 999_990)).equals(CONTENT.subarray(999_990))).toBe(true);
  expect((await bytesOf(source)).equals(CONTENT)).toBe(true);
  await source.check();
  expect(requests.map(({ url }) => url)).toEqual(Array.from(requests, () => '/a/movie.mp4?signature=secret'));
  expect(requests.at(-1)?.headers['if-range']).toBe('"one"');
});

test.each([
  ['a reset', 'reset'],
  ['an end too early', 'end'],
  ['a stall', 'stall'],
  ['an error', 'error'],
])('%s is gone on from at the byte where it stood', async (_, how) => {
  let left = 3;
  const { origin, requests } = await serve((request, response) => {
    if (request.headers.range === 'bytes=0-0' || left-- <= 0) return sendFile(request, response, CONTENT);
    if (how === 'error') return void response.writeHead(503).end();
    const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0]);
    response.writeHead(206, {
      etag: '"one"',
      'content-length': CONTENT.length - start,
      'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}`,
    });
    response.write(CONTENT.subarray(start, start + 100_000), () => {
      setTimeout(() => {
        if (how === 'reset') request.socket.resetAndDestroy();
        if (how === 'end') request.socket.end();
      }, 20);
    });
  });
  const source = await open(`${origin}/movie.mp4`);
  expect((await bytesOf(source)).equals(CONTENT)).toBe(true);
  const starts = requests.slice(1).map(({ headers }) => Number(/\d+/.exec(headers.range ?? '')?.[0]));
  const whole = how === 'error' ? [0, 0, 0, 0] : [0, 100_000, 200_000, 300_000];
  // A reset takes away what has come and is not read yet.
  if (how !== 'reset') expect(starts).toEqual(whole);
  else expect(starts.map((start, i) => start <= (whole[i] ?? 0))).toEqual([true, true, true, true]);
});

test.each([
  ['"one"', '"two"'],
  ['W/"one"', 'W/"two"'],
  ['"one"', null],
])('a file that is replaced (%s, then %s) is never mixed', async (before, after) => {
  let etag: string | null = before;
  const { origin } = await serve((request, response) => {
    const late = after === null && etag === null;
    sendFile(request, response, late ? CONTENT.subarray(1) : CONTENT, late ? '"one"' : etag);
  });
  const source = await open(`${origin}/movie.mp4`);
  await bytesOf(source, 0, 1000);
  etag = after;
  expect(await failure(bytesOf(source, 1000, 2000))).toMatchObject({ code: 'source-changed' });
  expect(await failure(source.check())).toMatchObject({ code: 'source-changed' });
});

test('a file that is removed', async () => {
  let gone = false;
  const { origin } = await serve((request, response) => {
    if (gone) return void response.writeHead(404).end();
    sendFile(request, response, CONTENT);
  });
  const source = await open(`${origin}/movie.mp4`);
  gone = true;
  expect(await failure(source.check())).toMatchObject({ code: 'source-changed' });
});

test.each([
  ['no ranges', null],
  ['no version', 'ranges'],
])('a server that gives %s: all of it at once, and nothing left behind', async (_, ranges) => {
  let breaks = 2;
  const { origin, requests } = await serve((request, response) => {
    if (ranges !== null) return sendFile(request, response, CONTENT, null);
    // Of unknown length, and broken off at first.
    response.writeHead(200);
    const broken = request.headers.range === undefined && breaks-- > 0;
    response.write(CONTENT.subarray(0, 300_000), () => {
      if (broken) setTimeout(() => request.socket.resetAndDestroy(), 10);
    });
    if (!broken) response.end(CONTENT.subarray(300_000));
  });
  const before = (await readdir(tmpdir())).filter((name) => name.startsWith('mediactl-'));
  const source = await open(`${origin}/movie.mp4`);
  expect(source).toMatchObject({
    bytes: 1_000_000,
    isLocal: true,
    version: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
  });
  expect((await bytesOf(source)).equals(CONTENT)).toBe(true);
  expect((await bytesOf(source, 500_000, 500_010)).equals(CONTENT.subarray(500_000, 500_010))).toBe(true);
  const asked = requests.length;
  await source.check();
  expect(requests).toHaveLength(asked);
  const now = (await readdir(tmpdir())).filter((name) => name.startsWith('mediactl-') && !before.includes(name));
  expect(now.filter((name) => /^mediactl-[0-9a-f]{24}$/.test(name))).toEqual([]);
});

test('what does not fit is not fetched whole', async () => {
  const { origin } = await serve((_, response) =>
    response.writeHead(200, { 'content-length': 1_000_000 }).end(CONTENT),
  );
  const work = open(`${origin}/movie.mp4`, { freeBytes: () => Promise.resolve(1000) });
  expect(await failure(work)).toMatchObject({ code: 'disk-full', hint: /TMPDIR/ });
});

test.each([
  [401, 'storage-auth'],
  [403, 'storage-forbidden'],
  [404, 'input-not-found'],
  [410, 'input-not-found'],
  [418, 'storage-rejected'],
  [503, 'storage-unavailable'],
])('an answer of %d', async (status, code) => {
  const { origin } = await serve((_, response) => response.writeHead(status).end('<h1>secret page</h1>'));
  const work = open(`${origin}/movie.mp4?token=secret`, { retry: { baseMs: 1, patienceMs: 50 } });
  expect(await failure(work)).toMatchObject({ code, message: `could not read ${origin}/movie.mp4` });
});

test('nobody listens, and no such host', async () => {
  const retry = { baseMs: 1, patienceMs: 20 };
  expect(await failure(open('http://127.0.0.1:9/m?secret', { retry }))).toMatchObject({ code: 'storage-unavailable' });
  expect(await failure(open('http://nowhere.invalid/m?secret', { retry }))).toMatchObject({
    code: 'storage-unavailable',
  });
});

test('no TLS where TLS should be', async () => {
  const { origin } = await serve((request, response) => sendFile(request, response, CONTENT));
  expect(await failure(open(origin.replace('http:', 'https:')))).toMatchObject({ code: 'storage-unavailable' });
});

test('a certificate that nobody vouches for', async () => {
  const { origin } = await serve((request, response) => sendFile(request, response, CONTENT), '127.0.0.1', SELF_SIGNED);
  expect(await failure(open(`${origin}/movie.mp4`))).toMatchObject({
    code: 'storage-unavailable',
    reason: expect.stringContaining('certificate is not trusted'),
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
});

test('https, and no way from there down to http', async () => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const plain = await serve((request, response) => sendFile(request, response, CONTENT));
  const { origin } = await serve(
    (request, response) => {
      if (request.url === '/down') return void response.writeHead(302, { location: `${plain.origin}/?secret` }).end();
      sendFile(request, response, CONTENT);
    },
    '127.0.0.1',
    SELF_SIGNED,
  );
  expect((await bytesOf(await open(`${origin}/movie.mp4`))).equals(CONTENT)).toBe(true);
  expect(await failure(open(`${origin}/down`))).toMatchObject({ code: 'input-forbidden', reason: /down to http/ });
  expect(plain.requests).toEqual([]);
});

test('user and password go to the host they are for, and to no other', async () => {
  const store = await serve((request, response) => sendFile(request, response, CONTENT));
  const door = await serve((_, response) => response.writeHead(302, { location: `${store.origin}/x?y` }).end());
  const source = await open(`${door.origin.replace('//', '//me:secret%20word@')}/movie.mp4`);
  expect(source.name).toBe(`${door.origin}/movie.mp4`);
  expect(door.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:secret word')}`);
  expect(store.requests[0]?.headers.authorization).toBeUndefined();
});

test('a redirect is remembered, and asked for again when its target says no', async () => {
  let good = 'one';
  const store = await serve((request, response) => {
    if (request.url !== `/${good}`) return void response.writeHead(403).end();
    sendFile(request, response, CONTENT);
  });
  const door = await serve((_, response) => response.writeHead(307, { location: `${store.origin}/${good}` }).end());
  const source = await open(`${door.origin}/movie.mp4`);
  await bytesOf(source, 0, 10);
  expect(door.requests).toHaveLength(1);
  good = 'two';
  expect((await bytesOf(source, 0, 10)).equals(CONTENT.subarray(0, 10))).toBe(true);
  expect(door.requests).toHaveLength(2);
});

test.each([
  ['a loop', '/movie.mp4', /more than 10 times/],
  ['a file', 'file:///etc/passwd', /file:/],
  ['another protocol', 'ftp://host/movie.mp4', /ftp:/],
  ['nothing', 'http://', /no address/],
])('a redirect to %s', async (_, location, reason) => {
  const { origin } = await serve((_request, response) => response.writeHead(302, { location }).end());
  expect(await failure(open(`${origin}/movie.mp4?secret`))).toMatchObject({ code: 'input-forbidden', reason });
});

test('a redirect from outside into a private network', async () => {
  const inside = await serve((request, response) => sendFile(request, response, CONTENT), '127.0.0.2');
  let location = `${inside.origin}/metadata?secret`;
  const door = await serve((_, response) => response.writeHead(302, { location }).end());
  // As if 127.0.0.1 were an address of the public network.
  const isPrivate = (address: string): boolean => address !== '127.0.0.1';
  const refusal = { code: 'input-forbidden', reason: expect.stringContaining('private network') };
  expect(await failure(open(`${door.origin}/movie.mp4`, { isPrivate }))).toMatchObject(refusal);
  location = location.replace('127.0.0.2', 'localhost');
  const named = (address: string): boolean => address !== '127.0.0.3';
  const outside = await serve((_, response) => response.writeHead(302, { location }).end(), '127.0.0.3');
  expect(await failure(open(`${outside.origin}/movie.mp4`, { isPrivate: named }))).toMatchObject(refusal);
  expect(inside.requests).toEqual([]);
  // From inside to inside it is followed.
  location = `${inside.origin}/movie.mp4`;
  expect(await open(`${door.origin}/movie.mp4`)).toMatchObject({ bytes: 1_000_000 });
});

test('an empty file', async () => {
  const { origin } = await serve((request, response) => sendFile(request, response, Buffer.alloc(0)));
  expect(await open(`${origin}/movie.mp4`)).toMatchObject({ bytes: 0 });
});

test('that it is asked again is told, and how long the server wants to be left alone', async () => {
  const events: StorageEvent[] = [];
  let busy = 1;
  const { origin } = await serve((request, response) => {
    if (busy-- > 0) response.writeHead(503, { 'retry-after': busy === 0 ? '0' : '3600' }).end();
    else sendFile(request, response, CONTENT);
  });
  const source = await open(`${origin}/movie.mp4?signature=secret`, {
    onEvent: (event) => events.push(event),
    limits: { stallMs: 30_000 },
  });
  expect(events).toMatchObject([{ type: 'retry', path: `${origin}/movie.mp4`, attempt: 1, reason: '503' }]);
  busy = 2;
  expect(await failure(bytesOf(source))).toMatchObject({
    code: 'storage-unavailable',
    reason: 'the server answered 503 (tried once); it asks to be left alone for 1 h',
  });
});
