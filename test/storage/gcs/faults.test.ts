import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import type { GcsOptions } from '../../../src/storage/gcs/open-gcs.js';
import { Throttle } from '../../../src/storage/throttle.js';
import type { Fault, FaultRule } from '../../gcs/faults.js';
import { timeOfEncodes } from '../../support/pace.js';
import { FakeClock } from '../clock.js';
import { useBucket } from './bucket.js';

const bucket = useBucket({ nativeChecksums: true });
const MiB = 1024 * 1024;

/** How many times the object was changed in the bucket, and whether it is the file now. */
async function outcome(file: string): Promise<{ writes: number; right: boolean }> {
  const bytes = await readFile(file);
  const [there] = await bucket.control.objects('media');
  const right = there?.['size'] === String(bytes.length) && there['crc32c'] === crc32cOf(bytes);
  return { writes: (await bucket.control.writes()).length, right };
}

const SIZES: readonly [string, number][] = [
  ['an empty object', 0],
  ['a small object', 200_000],
  ['a large object', 8 * MiB + 12_345],
];
const RECOVERABLE: readonly [string, Fault, Partial<FaultRule>][] = [
  ['503 three times', { type: 'status', status: 503 }, { count: 3 }],
  ['408', { type: 'status', status: 408 }, {}],
  ['429 with Retry-After', { type: 'status', status: 429, retryAfter: '0' }, { count: 2 }],
  ['500 after it was stored', { type: 'status', status: 500, when: 'after' }, { count: 2 }],
  ['502 after it was stored', { type: 'status', status: 502, when: 'after' }, {}],
  ['rate limit as 403', { type: 'status', status: 403, reason: 'rateLimitExceeded' }, {}],
  ['a reset before the body', { type: 'reset', when: 'before-body' }, { count: 3 }],
  ['a reset in the middle', { type: 'reset', when: 'mid-body', afterBytes: 100_000 }, { count: 2 }],
  ['a reset after it was stored', { type: 'reset', when: 'after-store' }, {}],
  ['a lost acknowledgement', { type: 'lost-ack' }, {}],
  ['no answer', { type: 'stall', when: 'never-answer' }, {}],
  ['half an answer', { type: 'truncate', afterBytes: 40 }, {}],
  ['half an answer, reset', { type: 'truncate', afterBytes: 40, how: 'reset' }, {}],
  ['half an answer, then nothing', { type: 'stall-download', afterBytes: 40 }, {}],
  ['a bit that flips', { type: 'corrupt', direction: 'upload' }, {}],
];

describe.each(SIZES)('%s', (_, size) => {
  test('without trouble', async () => {
    const file = await bucket.file(size);
    const stored = await bucket.open().put('a/ü #%.ts', file, 'segment');
    expect(stored).toMatchObject({ path: 'a/ü #%.ts', bytes: size, crc32c: crc32cOf(await readFile(file)) });
    expect(stored.headers).toMatchObject({ contentType: 'video/mp2t' });
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
    expect(bucket.events.at(-1)).toEqual({ type: 'stored', stored, how: 'sent' });
  });

  test.each(RECOVERABLE)('survives %s, and is written once', async (_name, fault, rule) => {
    if (fault.type === 'corrupt' && size === 0) return;
    const file = await bucket.file(size);
    const kinds = ['insert-multipart', 'resumable-start', 'resumable-chunk', 'resumable-final'] as const;
    // In the words of a request a flipped bit is a bad request; TLS is there against that.
    const hit = fault.type === 'corrupt' ? kinds.filter((kind) => kind !== 'resumable-start') : kinds;
    for (const kind of hit) await bucket.control.addFault({ fault, ...rule, match: { kind } });
    const stored = await bucket.open().put('a/b.ts', file, 'segment', { condition: 'absent' });
    expect((await bucket.control.injected()).length).toBeGreaterThan(0);
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
    expect(stored.generation).toBe((await bucket.control.objects('media'))[0]?.['generation']);
    expect(bucket.events.some(({ type }) => type === 'retry')).toBe(true);
  });
});

test('a server that stops reading is left', async () => {
  for (const kind of ['insert-multipart', 'resumable-start'] as const) {
    await bucket.control.addFault({ fault: { type: 'stall', when: 'stop-reading' }, count: 2, match: { kind } });
    const file = await bucket.file(kind === 'insert-multipart' ? 7 * MiB : 9 * MiB);
    await bucket.open().put(kind, file, 'segment');
  }
  expect((await bucket.control.injected()).length).toBe(4);
  expect((await bucket.control.writes()).length).toBe(2);
});

test.each([
  ['other bytes', Buffer.alloc(1000, 1)],
  ['more', Buffer.alloc(1001)],
  ['less', Buffer.alloc(10)],
])('a small file that has %s since it was looked at is not published', async (_, bytes) => {
  const file = await bucket.file(1000);
  const looked = await stat(file);
  await writeFile(file, bytes);
  await utimes(file, looked.atime, new Date(looked.mtimeMs + 10));
  await expect(bucket.open().put('s', file, 'segment', { expectedFile: looked })).rejects.toMatchObject({
    code: 'source-changed',
  });
  expect(await bucket.control.objects('media')).toEqual([]);
  const now = await stat(file);
  expect(await bucket.open().put('s', file, 'segment', { expectedFile: now })).toMatchObject({ bytes: bytes.length });
});

describe('upload sessions', () => {
  const size = 20 * MiB + 12_345;
  const short = async (rule: Partial<FaultRule>, keepBytes: number): Promise<void> => {
    await bucket.control.addFault({
      fault: { type: 'short-308', keepBytes },
      match: { kind: 'resumable-chunk' },
      ...rule,
    });
  };

  test('a short 308 goes on from what was kept', async () => {
    await short({ count: 3 }, 3 * MiB + 5);
    const file = await bucket.file(size);
    await bucket.open().put('l', file, 'segment');
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
  });

  test('after a broken chunk the server is asked how much it has, and only the rest is sent', async () => {
    const fault: Fault = { type: 'reset', when: 'mid-body', afterBytes: 3 * MiB };
    await bucket.control.addFault({ fault, match: { kind: 'resumable-chunk' }, skip: 1 });
    const file = await bucket.file(size);
    await bucket.open({ limits: { stallMs: 30_000 } }).put('l', file, 'segment');
    expect((await bucket.control.requests({ kind: 'resumable-status' })).length).toBe(1);
    const chunks = await bucket.control.requests({ kind: 'resumable-chunk' });
    expect(chunks.map(({ headers }) => headers['content-range']?.split('-')[0])).toEqual([
      ...['bytes 0', `bytes ${8 * MiB}`, `bytes ${11 * MiB}`],
    ]);
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
  });

  test('a server that keeps nothing at all is given up in the end', async () => {
    await short({ count: 1e6 }, 0);
    const put = bucket
      .open({ retry: { baseMs: 1, capMs: 2, patienceMs: timeOfEncodes(2) } })
      .put('l', await bucket.file(size), 'segment');
    await expect(put).rejects.toMatchObject({ code: 'storage-unavailable', reason: /kept nothing.*tried \d+ times/ });
  });

  test.each([404, 410] as const)('an expired session (%i) begins anew', async (sessionGoneStatus) => {
    await bucket.control.settings({ sessionGoneStatus });
    await bucket.control.addFault({ fault: { type: 'expire-sessions' }, match: { kind: 'resumable-chunk' }, skip: 1 });
    const file = await bucket.file(size);
    await bucket.open({ limits: { stallMs: 30_000 } }).put('l', file, 'segment');
    expect((await bucket.control.requests({ kind: 'resumable-start' })).length).toBe(2);
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
  });

  test.each([
    ['changes', Buffer.alloc(size, 1)],
    ['becomes shorter', 'short'],
  ])('a file that %s while it is sent is not published', async (_, bytes) => {
    const file = await bucket.file(size);
    await bucket.control.addFault({
      fault: { type: 'latency', milliseconds: timeOfEncodes(2) },
      match: { kind: 'resumable-start' },
    });
    const put = bucket.open({ limits: { stallMs: timeOfEncodes(20) } }).put('l', file, 'segment');
    // It may be refused before anybody waits for it.
    put.catch(() => {});
    await expect.poll(async () => (await bucket.control.injected()).length).toBe(1);
    await writeFile(file, bytes);
    await expect(put).rejects.toMatchObject({ code: 'source-changed' });
    expect(await bucket.control.objects('media')).toEqual([]);
  });

  test('an address that leads elsewhere is not used', async () => {
    const sessions = {
      save: () => Promise.resolve(),
      forget: () => Promise.resolve(),
      load: () => Promise.resolve('http://evil.example/upload?upload_id=1'),
    };
    const file = await bucket.file(size);
    await bucket.open({ sessions }).put('l', file, 'segment');
    expect(await outcome(file)).toEqual({ writes: 1, right: true });
  });
});

test('held to a rate, large and small objects arrive, and take their time together', async () => {
  const clock = new FakeClock();
  const started = clock.now();
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  const storage = bucket.open({
    throttle: new Throttle(4 * MiB, clock),
    limits: { stallMs: 20_000 },
    signal: new AbortController().signal,
  });
  const large = await bucket.file(20 * MiB);
  const small = await Promise.all(Array.from({ length: 20 }, () => bucket.file(MiB)));
  const puts = [large, ...small].map((file, i) => storage.put(`s/${i}.ts`, file, 'segment'));
  await Promise.all(puts);
  expect(clock.now() - started).toBeGreaterThan(9800);
  expect((await bucket.control.objects('media')).length).toBe(21);
  expect(bucket.events.filter(({ type }) => type === 'retry')).toEqual([]);
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

describe('who was first', () => {
  const lost: Fault = { type: 'lost-ack' };

  test('an acknowledgement is lost, and then somebody else writes: we have lost, and are told', async () => {
    const theirs = bucket.open();
    const base = await theirs.write('m', Buffer.from('base'), 'record');
    await bucket.control.addFault({ fault: lost, match: { kind: 'insert-multipart' } });
    const ours = bucket
      .open({ retry: { baseMs: 1, floorMs: 500 } })
      .write('m', Buffer.from('ours'), 'record', { condition: { generation: base.generation } });
    await expect.poll(async () => (await bucket.control.writes()).length).toBe(2);
    await theirs.write('m', Buffer.from('theirs'), 'record');
    await expect(ours).rejects.toMatchObject({ code: 'storage-conflict' });
    expect(Buffer.from((await theirs.read('m')) ?? []).toString()).toBe('theirs');
  });

  test('the same bytes of somebody else do not make us the first', async () => {
    await bucket.open().write('m', Buffer.from('same'), 'record');
    const again = bucket.open().write('m', Buffer.from('same'), 'record', { condition: 'absent' });
    await expect(again).rejects.toMatchObject({ code: 'storage-conflict' });
  });

  test('without a condition, the same bytes are not sent twice into the bucket', async () => {
    const storage = bucket.open();
    const first = await storage.write('m', Buffer.from('same'), 'record');
    expect(await storage.write('m', Buffer.from('same'), 'record')).toEqual(first);
    expect(bucket.events.at(-1)).toMatchObject({ how: 'there' });
    expect((await bucket.control.writes()).length).toBe(1);
  });

  test('without a condition, headers that differ are mended alone', async () => {
    const first = await bucket.open().write('m', Buffer.from('same'), 'record');
    const headers = { rules: [{ match: 'm', cacheControl: 'no-store', metadata: { a: 'ü' } }] };
    const mended = await bucket.open({ headers }).write('m', Buffer.from('same'), 'record');
    expect(mended.generation).toBe(first.generation);
    expect(mended.headers).toMatchObject({ cacheControl: 'no-store', metadata: { a: 'ü' } });
    expect(bucket.events.at(-1)).toMatchObject({ how: 'patched' });
  });

  test('a lost answer to a removal does not remove what comes after', async () => {
    const storage = bucket.open();
    await storage.write('m', Buffer.from('old'), 'record');
    await bucket.control.addFault({ fault: lost, match: { kind: 'object-delete' } });
    const removal = bucket.open({ retry: { baseMs: 1, floorMs: 500 } }).remove('m');
    await expect.poll(async () => (await bucket.control.objects('media')).length).toBe(0);
    await storage.write('m', Buffer.from('new'), 'record');
    await removal;
    expect(Buffer.from((await storage.read('m')) ?? []).toString()).toBe('new');
  });
});

describe('reading', () => {
  test.each<[string, Fault, number]>([
    ['cut short', { type: 'truncate', afterBytes: 1000 }, 2],
    ['cut short by a reset', { type: 'truncate', afterBytes: 1000, how: 'reset' }, 2],
    ['a bit that flips', { type: 'corrupt', direction: 'download' }, 2],
    ['stalled in the middle', { type: 'stall-download', afterBytes: 1000 }, 1],
    ['503', { type: 'status', status: 503 }, 3],
  ])('%s: read again, never half', async (_, fault, count) => {
    const storage = bucket.open();
    const file = await bucket.file(500_000);
    await storage.put('m', file, 'record');
    await bucket.control.addFault({ fault, count, match: { kind: 'object-media' } });
    expect(Buffer.from((await storage.read('m')) ?? []).equals(await readFile(file))).toBe(true);
    expect((await bucket.control.injected()).length).toBe(count);
  });

  test('a list of many pages, one of which fails', async () => {
    // On a busy machine an answer may be late.
    const storage = bucket.open({ limits: { stallMs: 30_000 } });
    const paths = Array.from({ length: 1200 }, (_, i) => `s/${i}`);
    await Promise.all(paths.map((path) => storage.write(path, Buffer.from(path), 'segment')));
    await bucket.control.addFault({
      fault: { type: 'truncate', afterBytes: 99 },
      match: { kind: 'object-list' },
      skip: 1,
    });
    const found: string[] = [];
    for await (const { path } of storage.list('s/')) found.push(path);
    expect(found.toSorted()).toEqual(paths.toSorted());
  });

  test('a name that no title can have is not listed', async () => {
    await bucket.open().write('a/b', Buffer.from('x'), 'other');
    const put = (name: string): Promise<Response> =>
      fetch(`${bucket.endpoint}/upload/storage/v1/b/media/o?uploadType=media&name=${encodeURIComponent(name)}`, {
        method: 'POST',
        body: '',
      });
    for (const name of ['t/', 't/a/', 't/../x', 't//x']) expect((await put(name)).ok).toBe(true);
    const found: string[] = [];
    for await (const { path } of bucket.open().list('')) found.push(path);
    expect(found).toEqual(['a/b']);
  });
});

describe('a write a second', () => {
  test('to one name, and none is lost', async () => {
    // Its own name and log each time it is tried.
    const path = `m-${Date.now()}`;
    await bucket.control.clearLog();
    await bucket.control.settings({ writeLimit: true });
    // On a busy machine an answer may be late; what is cut is sent again, a second later.
    const options: Partial<GcsOptions> = { sameNameMs: 1010, limits: { stallMs: 30_000 } };
    const storage = bucket.open(options);
    await Promise.all(['1', '2', '3'].map((text) => storage.write(path, Buffer.from(text), 'live-playlist')));
    expect(Buffer.from((await storage.read(path)) ?? []).toString()).toBe('3');
    const { milliseconds } = (await bucket.control.shortestWriteGap()) ?? { milliseconds: 0 };
    expect(milliseconds).toBeGreaterThanOrEqual(1000);
    expect(await bucket.control.requests({ status: 429 })).toEqual([]);
  });
});
