import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Storage, type Bucket, type File } from '@google-cloud/storage';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bytesOf, checksum } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';

const MEBIBYTE = 1024 * 1024;
let fake: FakeGcs;
let storage: Storage;
let bucket: Bucket;

beforeAll(async () => {
  fake = await startFakeGcs({ buckets: [{ name: 'client' }], memoryLimit: 2 * MEBIBYTE });
  storage = connect();
  bucket = storage.bucket('client');
});
afterAll(() => fake.stop());
afterEach(async () => {
  await fake.control.removeFault();
  await fake.control.clearLog();
});

function connect(): Storage {
  const retryOptions = { retryDelayMultiplier: 1, maxRetryDelay: 1 };
  return new Storage({ apiEndpoint: fake.endpoint, projectId: 'test-project', retryOptions });
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    // Errors of the two HTTP stacks inside the client: ApiError and GaxiosError.
    (error: { code?: number; status?: number; response?: { status?: number } }) => error.code ?? error.response?.status,
  );

test('save and download, simple and resumable, checksums validated by the client', async () => {
  for (const [name, size, options] of [
    ['small', 1000, { resumable: false }],
    ['empty', 0, { resumable: false }],
    ['resumable', 3 * MEBIBYTE + 5, { resumable: true }],
    ['chunked', 3 * MEBIBYTE + 5, { resumable: true, chunkSize: MEBIBYTE }],
  ] as const) {
    const bytes = bytesOf(size);
    const file = bucket.file(`t/${name} #1.ts`);
    const metadata = { contentType: 'video/mp2t', cacheControl: 'public, max-age=60', metadata: { a: 'b' } };
    await file.save(bytes, { ...options, metadata, validation: 'crc32c' });
    const [downloaded] = await file.download();
    expect(downloaded.equals(bytes)).toBe(true);
    const [stored] = await file.getMetadata();
    expect(stored).toMatchObject({ ...metadata, size: String(size), crc32c: checksum(bytes) });
    const [part] = await file.download({ start: 1, end: 10 }).catch(() => [Buffer.alloc(0)]);
    expect(part.equals(bytes.subarray(1, 11))).toBe(true);
  }
  const { byKind } = await fake.control.counts();
  expect(byKind).toMatchObject({ 'insert-multipart': 2, 'resumable-start': 2, 'resumable-chunk': 3 });
});

test('createWriteStream of an unknown length', async () => {
  const bytes = bytesOf(2 * MEBIBYTE + 77);
  const file = bucket.file('stream');
  await pipeline(Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]), file.createWriteStream());
  expect((await file.getMetadata())[0].crc32c).toBe(checksum(bytes));
});

test('preconditions: 412 with the code as a number', async () => {
  const file = bucket.file('once');
  const options = { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } };
  await file.save('1', options);
  expect(await codeOf(file.save('2', options))).toBe(412);
  expect(await codeOf(file.save('2', { ...options, resumable: true }))).toBe(412);
  const [{ generation, metageneration }] = await file.getMetadata();
  await file.setMetadata({ cacheControl: 'no-store' }, { ifMetagenerationMatch: Number(metageneration) });
  expect(await codeOf(file.setMetadata({}, { ifMetagenerationMatch: 1 }))).toBe(412);
  expect(await codeOf(file.delete({ ifGenerationMatch: 1 }))).toBe(412);
  await file.delete({ ifGenerationMatch: Number(generation) });
  expect(await file.exists()).toEqual([false]);
  expect(await codeOf(file.getMetadata())).toBe(404);
});

test('a wrong checksum is refused by the server', async () => {
  const file = bucket.file('wrong');
  const metadata = { crc32c: 'AAAAAA==' };
  expect(await codeOf(file.save('bytes', { resumable: false, metadata }))).toBe(400);
  expect(await file.exists()).toEqual([false]);
});

test('the client retries what may be retried', async () => {
  await fake.control.addFault({ fault: { type: 'status', status: 503 }, match: { kind: 'object-get' }, count: 2 });
  await bucket.file('retried').save('x', { resumable: false });
  // A fresh client: a save without precondition switches off all retries of the one that did it (7.22).
  const fresh = connect().bucket('client');
  expect((await fresh.file('retried').getMetadata())[0].size).toBe('1');
  expect((await fake.control.counts()).byKind['object-get']).toBe(3);

  const bytes = bytesOf(3 * MEBIBYTE);
  await fake.control.addFault({ fault: { type: 'status', status: 503 }, match: { kind: 'resumable-chunk' } });
  await fake.control.addFault({
    fault: { type: 'short-308', keepBytes: 300_000 },
    match: { kind: 'resumable-chunk' },
    skip: 1,
  });
  const file = fresh.file('chunks');
  await file.save(bytes, { resumable: true, chunkSize: MEBIBYTE, preconditionOpts: { ifGenerationMatch: 0 } });
  expect((await file.getMetadata())[0].crc32c).toBe(checksum(bytes));
  expect((await fake.control.counts()).faults).toEqual({ status: 3, 'short-308': 1 });
});

test('an upload is continued by another process from its session', async () => {
  const bytes = bytesOf(3 * MEBIBYTE);
  const file = bucket.file('continued');
  const [uri] = await file.createResumableUpload();
  const headers = { 'content-range': `bytes 0-${MEBIBYTE - 1}/*` };
  const first = await fetch(uri, { method: 'PUT', body: bytes.subarray(0, MEBIBYTE), headers, redirect: 'manual' });
  expect(first.status).toBe(308);
  const rest = file.createWriteStream({ uri, offset: MEBIBYTE, resumable: true, validation: false });
  await pipeline(Readable.from([bytes.subarray(MEBIBYTE)]), rest);
  expect((await file.getMetadata())[0].crc32c).toBe(checksum(bytes));
});

test('lists page by page, with prefixes', async () => {
  for (const name of ['a/1', 'a/2', 'a/b/1', 'a/b/2', 'c'])
    await bucket.file(`list/${name}`).save('x', { resumable: false });
  const names: string[] = [];
  let query: object | null = { prefix: 'list/', maxResults: 2, autoPaginate: false };
  while (query) {
    const [files, next] = (await bucket.getFiles(query)) as unknown as [File[], object | null];
    names.push(...files.map(({ name }) => name));
    query = next;
  }
  expect(names).toEqual(['list/a/1', 'list/a/2', 'list/a/b/1', 'list/a/b/2', 'list/c']);
  expect((await fake.control.counts()).byKind['object-list']).toBe(3);
  const [, , answer] = await bucket.getFiles({ prefix: 'list/a/', delimiter: '/', autoPaginate: false });
  expect(answer).toMatchObject({ prefixes: ['list/a/b/'] });
});

test('copy, compose, delete many, bucket metadata', async () => {
  const file = bucket.file('from');
  await file.save('abc', { resumable: false, contentType: 'text/plain' });
  const [copy] = await file.copy(bucket.file('to/ü'));
  expect((await copy.getMetadata())[0].contentType).toBe('text/plain');
  const [whole] = await bucket.combine([file, copy], bucket.file('whole.txt'));
  expect((await whole.download())[0].toString()).toBe('abcabc');
  await bucket.deleteFiles({ prefix: 'to/' });
  expect(await copy.exists()).toEqual([false]);

  await bucket.setCorsConfiguration([{ origin: ['*'], method: ['GET'], responseHeader: ['*'], maxAgeSeconds: 1 }]);
  await bucket.addLifecycleRule({ action: { type: 'Delete' }, condition: { age: 7, matchesPrefix: ['tmp/'] } });
  const [metadata] = await bucket.getMetadata();
  expect(metadata).toMatchObject({ cors: [{ origin: ['*'] }], lifecycle: { rule: [{ condition: { age: 7 } }] } });
  expect(await storage.bucket('client').exists()).toEqual([true]);
  expect(await codeOf(storage.bucket('missing').getMetadata())).toBe(404);
  await storage.createBucket('created', { location: 'EU' });
  expect((await storage.getBuckets())[0].map(({ name }) => name)).toEqual(['client', 'created']);
});
