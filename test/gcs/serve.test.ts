import { createHash } from 'node:crypto';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bytesOf, checksum, field, pathsOf, put, sendJson, type Paths } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';
import { createTestKey } from './test-key.js';

const key = createTestKey();
let fake: FakeGcs;
let paths: Paths;

beforeAll(async () => {
  const cors = [
    { origin: ['https://player.example'], method: ['GET', 'HEAD'], responseHeader: ['Range'], maxAgeSeconds: 60 },
  ];
  fake = await startFakeGcs({
    buckets: [{ name: 'public', public: true, cors }, { name: 'closed' }],
    signers: [key.signer],
    settings: { auth: 'required' },
    tokens: [{ token: 'secret' }],
  });
  paths = pathsOf(fake.endpoint, 'public');
  const headers = { authorization: 'Bearer secret', 'content-type': 'video/mp2t' };
  for (const bucket of ['public', 'closed']) {
    const upload = pathsOf(fake.endpoint, bucket).upload('media', 't/ü #1.ts');
    await ask(upload, { method: 'POST', body: bytesOf(1000), headers });
  }
});
afterAll(() => fake.stop());

const withToken = { headers: { authorization: 'Bearer secret' } };
const object = 't/ü #1.ts';

test('a public object with the headers of a download; without Cache-Control it may be cached for an hour', async () => {
  const bytes = bytesOf(1000);
  const got = await ask(paths.public(object));
  const stored = await ask(paths.object(object), withToken);
  expect(got.status).toBe(200);
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'video/mp2t',
    'content-length': '1000',
    'cache-control': 'public, max-age=3600',
    'accept-ranges': 'bytes',
    etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
    'x-goog-generation': field(stored, 'generation'),
    'x-goog-metageneration': '1',
    'x-goog-stored-content-encoding': 'identity',
    'x-goog-stored-content-length': '1000',
  });
  expect(got.headers.get('x-goog-hash')).toBe(`crc32c=${checksum(bytes)}, md5=${field(stored, 'md5Hash')}`);

  const head = await ask(paths.public(object), { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, '1000', '']);
  expect(
    (await ask(paths.public(object), { headers: { 'if-none-match': got.headers.get('etag') ?? '' } })).status,
  ).toBe(304);
});

test('metadata comes out as headers', async () => {
  const metadata = { cacheControl: 'public, max-age=60', contentLanguage: 'de', metadata: { Title: 'x' } };
  await ask(paths.upload('media', 'meta'), { method: 'POST', body: 'x', ...withToken });
  await ask(paths.object('meta'), { method: 'PATCH', body: JSON.stringify(metadata), ...withToken });
  const { headers } = await ask(paths.public('meta'));
  expect(headers.get('cache-control')).toBe('public, max-age=60');
  expect(headers.get('content-language')).toBe('de');
  expect(headers.get('x-goog-meta-title')).toBe('x');
  expect(headers.get('x-goog-metageneration')).toBe('2');
  expect((await ask(paths.public('meta'))).headers.get('content-type')).toMatch(
    /^application\/octet-stream|text\/plain/,
  );
});

test('ranges: first, middle, open, last, outside', async () => {
  const bytes = bytesOf(1000);
  const range = (range: string) => ask(paths.public(object), { headers: { range } });
  for (const [asked, served, from, to] of [
    ['bytes=0-0', 'bytes 0-0/1000', 0, 1],
    ['bytes=10-19', 'bytes 10-19/1000', 10, 20],
    ['bytes=990-', 'bytes 990-999/1000', 990, 1000],
    ['bytes=990-5000', 'bytes 990-999/1000', 990, 1000],
    ['bytes=-10', 'bytes 990-999/1000', 990, 1000],
  ] as const) {
    const response = await fetch(paths.public(object), { headers: { range: asked } });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, served]);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true);
  }
  const outside = await range('bytes=1000-');
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */1000']);
  expect(outside.text).toMatch('<Code>InvalidRange</Code>');
  expect((await range('nonsense')).status).toBe(200);
});

test('errors of this path are XML', async () => {
  const missing = await ask(paths.public('none'));
  expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/xml; charset=UTF-8']);
  expect(missing.text).toMatch('<Code>NoSuchKey</Code>');
  const closed = await ask(pathsOf(fake.endpoint, 'closed').public(object));
  expect([closed.status, /<Code>(.*)<\/Code>/.exec(closed.text)?.[1]]).toEqual([401, 'AccessDenied']);
  const head = await ask(paths.public('none'), { method: 'HEAD' });
  expect([head.status, head.text]).toEqual([404, '']);
});

test('CORS: the configured origin and method only, preflight too', async () => {
  const get = (origin: string, path = object) => ask(paths.public(path), { headers: { origin } });
  const right = await get('https://player.example');
  expect(right.headers.get('access-control-allow-origin')).toBe('https://player.example');
  expect(right.headers.get('access-control-expose-headers')).toBe('Range');
  expect((await get('https://player.example', 'none')).headers.get('access-control-allow-origin')).not.toBeNull();
  expect((await get('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();

  const preflight = async (method: string, headers: string) => {
    const answer = await ask(paths.public(object), {
      method: 'OPTIONS',
      headers: {
        origin: 'https://player.example',
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });
    return [
      answer.status,
      answer.headers.get('access-control-allow-methods'),
      answer.headers.get('access-control-max-age'),
    ];
  };
  expect(await preflight('GET', 'range')).toEqual([200, 'GET, HEAD', '60']);
  expect(await preflight('PUT', 'range')).toEqual([200, null, null]);
  expect(await preflight('GET', 'x-other')).toEqual([200, null, null]);
});

test('V4 signed URLs of the client: read, expiry, other bytes of the request, upload', async () => {
  const storage = new Storage({ apiEndpoint: fake.endpoint, projectId: 'test-project', credentials: key.keyFile('') });
  const file = storage.bucket('closed').file(object);
  const sign = async (config: object = {}) => {
    const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires: Date.now() + 60_000, ...config });
    return url;
  };
  const url = await sign();
  const got = await fetch(url);
  expect(got.status).toBe(200);
  expect(Buffer.from(await got.arrayBuffer()).equals(bytesOf(1000))).toBe(true);
  expect(got.headers.get('cache-control')).toBe('private, max-age=0');

  for (const broken of [
    url.replace('X-Goog-Expires=', 'X-Goog-Expires=1'),
    url.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
    url.replace('1.ts', '2.ts'),
    `${url}&extra=1`,
  ]) {
    const answer = await ask(broken);
    expect([answer.status, /<Code>(.*)<\/Code>/.exec(answer.text)?.[1]]).toEqual([403, 'SignatureDoesNotMatch']);
  }
  expect((await ask(url, { method: 'DELETE' })).status).toBe(403);
  const stranger = new Storage({ apiEndpoint: fake.endpoint, credentials: createTestKey('other@x.iam').keyFile('') });
  const [foreign] = await stranger
    .bucket('closed')
    .file(object)
    .getSignedUrl({ version: 'v4', action: 'read', expires: Date.now() + 60_000 });
  expect((await ask(foreign)).status).toBe(403);

  const write = await sign({
    action: 'write',
    contentType: 'text/plain',
    extensionHeaders: { 'x-goog-meta-a': 'b  c' },
  });
  const headers = { 'content-type': 'text/plain', 'x-goog-meta-a': 'b  c' };
  expect((await ask(write, { method: 'PUT', body: 'hi', headers: { 'content-type': 'text/plain' } })).text).toMatch(
    'MalformedSecurityHeader',
  );
  expect((await ask(write, { method: 'PUT', body: 'hi', headers: { ...headers, 'content-type': 'x/y' } })).status).toBe(
    403,
  );
  expect((await ask(write, { method: 'PUT', body: 'hi', headers })).status).toBe(200);
  expect((await ask(await sign())).text).toBe('hi');

  await fake.control.advanceClock(61_000);
  const late = await ask(url);
  expect([late.status, /<Code>(.*)<\/Code>/.exec(late.text)?.[1]]).toEqual([400, 'ExpiredToken']);
  await fake.control.advanceClock(-3600_000);
  expect((await ask(url)).status).toBe(403);
  await fake.control.advanceClock(3539_000);
});

test('in an open server everything is served', async () => {
  await fake.control.settings({ auth: 'open' });
  expect((await ask(pathsOf(fake.endpoint, 'closed').public(object))).status).toBe(200);
  expect((await put(paths, 'x', 'y')).status).toBe(200);
  expect((await sendJson(paths.object('x'), 'PATCH', {})).status).toBe(200);
  await fake.control.settings({ auth: 'required' });
});
