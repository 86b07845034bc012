import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bytesOf, checksum, field, pathsOf, put, reasonOf, sendJson, type Answer, type Paths } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';

const QUANTUM = 256 * 1024;
let fake: FakeGcs;
let paths: Paths;

beforeAll(async () => {
  fake = await startFakeGcs({ buckets: [{ name: 'uploads' }] });
  paths = pathsOf(fake.endpoint, 'uploads');
});
afterAll(() => fake.stop());

async function start(name: string, metadata: object = {}, query = '', headers = {}): Promise<string> {
  const body = JSON.stringify(metadata);
  const answer = await ask(paths.upload('resumable', name, query), { method: 'POST', body, headers });
  expect(answer.status).toBe(200);
  return answer.headers.get('location') ?? '';
}

function chunk(url: string, range: string, body: Uint8Array | string = '', headers = {}): Promise<Answer> {
  return ask(url, { method: 'PUT', body, headers: { 'content-range': range, ...headers } });
}

function related(metadata: object, media: string | Uint8Array, headers = 'Content-Type: video/mp2t\r\n'): Buffer {
  const head = `--b0\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--b0\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(media), Buffer.from('\r\n--b0--')]);
}

function multipart(name: string, body: Uint8Array): Promise<Answer> {
  const headers = { 'content-type': 'multipart/related; boundary=b0' };
  return ask(paths.upload('multipart', name), { method: 'POST', body, headers });
}

test('media upload: the resource as documented', async () => {
  const answer = await ask(paths.upload('media', 'a.ts'), {
    method: 'POST',
    body: 'hello',
    headers: { 'content-type': 'video/mp2t' },
  });
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    kind: 'storage#object',
    bucket: 'uploads',
    name: 'a.ts',
    size: '5',
    contentType: 'video/mp2t',
    crc32c: 'mnG7TA==',
    md5Hash: createHash('md5').update('hello').digest('base64'),
    metageneration: '1',
    storageClass: 'STANDARD',
  });
  expect(answer.json['generation']).toMatch(/^\d{16}$/);
  expect(answer.json['id']).toBe(`uploads/a.ts/${field(answer, 'generation')}`);
  expect((await ask(paths.media('a.ts'))).text).toBe('hello');
});

test('multipart upload: metadata and bytes, also empty ones and ones that look like a boundary', async () => {
  const made = await multipart('m', related({ cacheControl: 'no-store', metadata: { a: 'b' } }, 'bytes'));
  expect(made.json).toMatchObject({
    size: '5',
    cacheControl: 'no-store',
    contentType: 'video/mp2t',
    metadata: { a: 'b' },
  });
  for (const media of ['', '\r\n', '\r\n--b', 'x--b0', 'x\r\n--b1--\r\n', bytesOf(300_000)]) {
    const answer = await multipart('m', related({}, media));
    expect(answer.json['crc32c']).toBe(checksum(media));
  }
  expect((await multipart('m', related({}, 'no part headers', ''))).json['size']).toBe('15');
  expect((await multipart('m', related({}, 'cut').subarray(0, -6))).status).toBe(400);
  expect((await multipart('m', Buffer.from('nonsense'))).status).toBe(400);
});

test('a wrong crc32c or MD5 is refused with 400 and nothing is stored, in metadata and in X-Goog-Hash', async () => {
  for (const metadata of [{ crc32c: 'AAAAAA==' }, { md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' }]) {
    const answer = await multipart('wrong', related(metadata, 'bytes'));
    expect(answer.status).toBe(400);
    expect(reasonOf(answer)).toBe('invalid');
    expect(answer.text).toMatch(/Provided (CRC32C|MD5 hash) .* doesn't match calculated/);
  }
  for (const hash of ['crc32c=AAAAAA==', 'crc32c=mnG7TA==,md5=AAAAAAAAAAAAAAAAAAAAAA==']) {
    const headers = { 'x-goog-hash': hash };
    expect((await ask(paths.upload('media', 'wrong'), { method: 'POST', body: 'hello', headers })).status).toBe(400);
  }
  const url = await start('wrong');
  expect((await chunk(url, 'bytes 0-4/5', 'hello', { 'x-goog-hash': 'crc32c=AAAAAA==' })).status).toBe(400);
  expect((await ask(paths.object('wrong'))).status).toBe(404);
  expect((await multipart('right', related({ crc32c: 'mnG7TA==' }, 'hello'))).status).toBe(200);
});

test('resumable: chunks, 308 with Range, the final one gives the object, later requests too', async () => {
  const bytes = bytesOf(2 * QUANTUM + 1000);
  const url = await start('big', { cacheControl: 'private' }, '', { 'x-upload-content-type': 'video/mp2t' });
  expect(await chunk(url, 'bytes */*')).toMatchObject({ status: 308 });
  expect((await chunk(url, 'bytes */*')).headers.get('range')).toBeNull();

  const first = await chunk(url, `bytes 0-${QUANTUM - 1}/*`, bytes.subarray(0, QUANTUM));
  expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
  expect((await ask(paths.object('big'))).status).toBe(404);
  const asked = await chunk(url, `bytes */${bytes.length}`);
  expect([asked.status, asked.headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);

  const last = await chunk(url, `bytes ${QUANTUM}-${bytes.length - 1}/${bytes.length}`, bytes.subarray(QUANTUM));
  expect(last.status).toBe(200);
  expect(last.json).toMatchObject({ crc32c: checksum(bytes), contentType: 'video/mp2t', cacheControl: 'private' });
  const again = await chunk(url, `bytes */${bytes.length}`);
  expect([again.status, again.json['generation']]).toEqual([200, last.json['generation']]);
  expect((await chunk(url, `bytes 0-${QUANTUM - 1}/*`, bytes.subarray(0, QUANTUM))).status).toBe(200);
});

test('resumable: bytes that are there are skipped, an offset that is too far gets 503 as text', async () => {
  const bytes = bytesOf(3 * QUANTUM);
  const url = await start('overlap');
  await chunk(url, `bytes 0-${2 * QUANTUM - 1}/*`, bytes.subarray(0, 2 * QUANTUM));
  const gap = await chunk(url, `bytes ${3 * QUANTUM}-${3 * QUANTUM + 9}/*`, bytes.subarray(0, 10));
  expect(gap.status).toBe(503);
  expect(gap.headers.get('content-type')).toMatch('text/plain');
  expect(gap.text).toMatch('which exceeds already uploaded size of 524288 byte(s)');
  const done = await chunk(url, `bytes ${QUANTUM}-${3 * QUANTUM - 1}/${3 * QUANTUM}`, bytes.subarray(QUANTUM));
  expect(done.json['crc32c']).toBe(checksum(bytes));
});

test('resumable: only multiples of 256 KiB are kept of a chunk that is not the last, and a small one is refused', async () => {
  const url = await start('odd');
  const odd = await chunk(url, `bytes 0-${QUANTUM + 99}/*`, bytesOf(QUANTUM + 100));
  expect([odd.status, odd.headers.get('range')]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
  const small = await chunk(url, `bytes ${QUANTUM}-${QUANTUM + 9}/*`, bytesOf(10));
  expect(small.status).toBe(400);
  expect(small.text).toMatch('required to be equal or greater than 262144');
  const wrong = await chunk(url, `bytes ${QUANTUM}-${2 * QUANTUM - 1}/*`, bytesOf(10));
  expect(wrong.text).toMatch('There were 10 byte(s) in the request body.');
});

test('resumable: one PUT of unknown or announced length, an empty object, and an end without bytes', async () => {
  const bytes = bytesOf(5000);
  expect((await chunk(await start('open'), 'bytes 0-*/*', bytes)).json['crc32c']).toBe(checksum(bytes));
  const plain = await ask(await start('plain'), { method: 'PUT', body: bytes });
  expect(plain.json['size']).toBe('5000');
  expect((await chunk(await start('empty'), 'bytes */0')).json['size']).toBe('0');

  const url = await start('late');
  await chunk(url, `bytes 0-${QUANTUM - 1}/*`, bytesOf(QUANTUM));
  expect((await chunk(url, `bytes */${QUANTUM + 1}`)).status).toBe(308);
  expect((await chunk(url, `bytes */${QUANTUM}`)).json['size']).toBe(String(QUANTUM));
});

test('resumable: X-GUploader-No-308 gets 200 with the status in a header', async () => {
  const url = await start('no308');
  const headers = { 'x-guploader-no-308': 'yes' };
  const answer = await chunk(url, `bytes 0-${QUANTUM - 1}/*`, bytesOf(QUANTUM), headers);
  expect([answer.status, answer.headers.get('x-http-status-code-override')]).toEqual([200, '308']);
});

test('resumable: sessions end: unknown 404, cancelled 499, after a week 410', async () => {
  const url = await start('gone');
  expect((await chunk(url.replace(/upload_id=.*/, 'upload_id=none'), 'bytes */*')).status).toBe(404);
  expect((await ask(url, { method: 'DELETE' })).status).toBe(499);
  expect((await chunk(url, 'bytes */*')).status).toBe(404);

  const old = await start('gone');
  await fake.control.advanceClock(8 * 24 * 3600 * 1000);
  const expired = await chunk(old, 'bytes */*');
  expect([expired.status, reasonOf(expired)]).toEqual([410, 'gone']);
  await fake.control.settings({ sessionGoneStatus: 404 });
  expect((await chunk(old, 'bytes */*')).status).toBe(404);
});

test('resumable: preconditions count at the start and at the end', async () => {
  const url = await start('race', {}, 'ifGenerationMatch=0');
  await put(paths, 'race', 'somebody else');
  expect((await chunk(url, 'bytes 0-3/4', 'mine')).status).toBe(412);
  const late = await ask(paths.upload('resumable', 'race', 'ifGenerationMatch=0'), { method: 'POST', body: '{}' });
  expect([late.status, reasonOf(late)]).toEqual([412, 'conditionNotMet']);
  expect((await ask(paths.media('race'))).text).toBe('somebody else');
});

test('a name may be in the query or the metadata, not two different ones; there must be one', async () => {
  const both = `${fake.endpoint}/upload/storage/v1/b/uploads/o?uploadType=resumable`;
  expect((await sendJson(both, 'POST', { name: 'from metadata' })).headers.get('location')).toMatch('from+metadata');
  expect((await sendJson(`${both}&name=a`, 'POST', { name: 'b' })).status).toBe(400);
  expect(reasonOf(await sendJson(both, 'POST', {}))).toBe('required');
  expect((await sendJson(both.replace('resumable', 'strange'), 'POST', {})).status).toBe(400);
  expect(reasonOf(await put(paths, 'x'.repeat(1025), ''))).toBe('invalid');
  expect(reasonOf(await put(paths, 'a\nb', ''))).toBe('invalid');
});

test('names with spaces, #, ?, %, slashes and Unicode', async () => {
  for (const name of ['a b.ts', 'a#b', 'a?b=c&d', '100%', '%2F', 'dir/ü €/𝄞.m3u8', 'a+b', "it's(1)!*", 'a//b', '/a']) {
    const made = await put(paths, name, name);
    expect(made.json['name']).toBe(name);
    expect((await ask(paths.object(name))).json['name']).toBe(name);
    expect((await ask(paths.media(name))).text).toBe(name);
    const session = await start(name);
    expect((await chunk(session, 'bytes 0-1/2', 'hi')).json['name']).toBe(name);
    const listed = await ask(`${paths.objects}?prefix=${encodeURIComponent(name)}&fields=items/name`);
    expect(listed.json['items']).toEqual([{ name }]);
  }
  expect((await ask(`${paths.objects}/%E0%A4%A`)).status).toBe(400);
});
