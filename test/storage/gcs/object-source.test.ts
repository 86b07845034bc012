import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import { openGcsBucket, openObject, type GcsOptions } from '../../../src/storage/gcs/open-gcs.js';
import type { Pinned } from '../../../src/storage/remote-file/pinned.js';
import type { StorageEvent } from '../../../src/storage/storage-event.js';
import { timeOfEncodes } from '../../support/pace.js';
import { quick, useBucket } from './bucket.js';

const bucket = useBucket();
const CONTENT = randomBytes(3_000_000);

async function pinned(options: Partial<GcsOptions> = {}): Promise<Pinned> {
  await bucket.open().write('movie #1.mp4', CONTENT, 'other');
  await bucket.control.clearLog();
  const given = { credentials: { kind: 'anonymous', impersonate: null }, endpoint: bucket.endpoint } as const;
  return openObject('media', 't/movie #1.mp4', { ...given, ...quick(), ...options });
}

async function bytesOf(source: Pinned, start = 0, end = source.bytes): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await source.fetch(start, end, (piece) => pieces.push(Buffer.from(piece)));
  return Buffer.concat(pieces);
}

test('any range of it', async () => {
  const source = await pinned();
  expect(source).toMatchObject({ name: 'gs://media/t/movie #1.mp4', bytes: 3_000_000, crc32c: crc32cOf(CONTENT) });
  for (const [start, end] of [
    [0, 1],
    [2_999_999, 3_000_000],
    [1_000_000, 2_000_000],
    [0, 3_000_000],
  ] as const) {
    expect((await bytesOf(source, start, end)).equals(CONTENT.subarray(start, end))).toBe(true);
  }
  await source.check();
  for (const { url } of await bucket.control.requests({ kind: 'object-media' })) {
    expect(url).toContain(`generation=${source.version}`);
  }
});

test.each([
  ['a reset', { type: 'truncate', afterBytes: 1_000_000, how: 'reset' }],
  ['an end too early', { type: 'truncate', afterBytes: 1_000_000 }],
  ['a stall', { type: 'stall-download', afterBytes: 1_000_000 }],
] as const)('%s is gone on from at the byte where it stood', async (_, fault) => {
  const source = await pinned();
  await bucket.control.addFault({ fault, match: { kind: 'object-media' }, count: 2 });
  expect((await bytesOf(source)).equals(CONTENT)).toBe(true);
  const requests = await bucket.control.requests({ kind: 'object-media' });
  expect(requests).toHaveLength(3);
  // A little of what was sent is lost on the way when a connection is cut.
  expect(requests.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBeLessThan(CONTENT.length + 1_000_000);
});

test.each([
  ['an error', { type: 'status', status: 503 }],
  ['a reset before anything came', { type: 'reset', when: 'before-body' }],
  ['a short break', { type: 'truncate', afterBytes: 100 }],
] as const)('%s is tried again', async (_, fault) => {
  const source = await pinned();
  await bucket.control.addFault({ fault, match: { kind: 'object-media' }, count: 5 });
  expect((await bytesOf(source)).equals(CONTENT)).toBe(true);
});

test('what never moves on is given up', async () => {
  const source = await pinned({ retry: { baseMs: 1, capMs: 5, patienceMs: timeOfEncodes(4) } });
  await bucket.control.addFault({ fault: { type: 'truncate', afterBytes: 10 }, count: 1e6 });
  await expect(bytesOf(source)).rejects.toMatchObject({
    code: 'storage-unavailable',
    message: 'could not read gs://media/t/movie #1.mp4',
    reason: /tried \d+ times/,
  });
});

test('another generation is never read as if it were the same', async () => {
  const source = await pinned();
  await bytesOf(source, 0, 1000);
  await bucket.open().write('movie #1.mp4', randomBytes(3_000_000), 'other');
  await expect(bytesOf(source, 1000, 2000)).rejects.toMatchObject({ code: 'source-changed' });
  await expect(source.check()).rejects.toMatchObject({ code: 'source-changed' });
});

test('nor is one that was removed', async () => {
  const source = await pinned();
  await bucket.open().remove('movie #1.mp4');
  await expect(source.check()).rejects.toMatchObject({ code: 'source-changed' });
});

test('closing cuts what is under way', async () => {
  const controller = new AbortController();
  const source = await pinned({ signal: controller.signal, limits: { stallMs: 60_000 } });
  await bucket.control.addFault({ fault: { type: 'stall-download', afterBytes: 10 } });
  const work = bytesOf(source);
  const reason = new Error('enough');
  setTimeout(() => controller.abort(reason), 50);
  await expect(work).rejects.toBe(reason);
});

/** However busy the machine is, nothing else is asked for again. */
const PATIENT = { stallMs: 30_000 };

test('that it is asked for again is told, with its whole name', async () => {
  const events: StorageEvent[] = [];
  await bucket.control.addFault({ match: { kind: 'object-get' }, fault: { type: 'status', status: 503 }, count: 1 });
  const source = await pinned({ onEvent: (event) => events.push(event), limits: PATIENT });
  await bucket.control.addFault({ match: { kind: 'object-media' }, fault: { type: 'status', status: 503 }, count: 1 });
  await bytesOf(source, 0, 10);
  const retry = { type: 'retry', path: 'gs://media/t/movie #1.mp4', attempt: 1, reason: expect.stringMatching(/^503/) };
  expect(events).toMatchObject([retry, retry]);
});

test('and so are the questions of doctor', async () => {
  const events: StorageEvent[] = [];
  await bucket.control.addFault({ fault: { type: 'status', status: 503 }, count: 1 });
  const given = { credentials: { kind: 'anonymous', impersonate: null }, endpoint: bucket.endpoint } as const;
  const options = { ...given, ...quick(), onEvent: (event: StorageEvent) => void events.push(event), limits: PATIENT };
  const admin = openGcsBucket({ kind: 'gcs', bucket: 'media', prefix: '' }, options);
  await admin.facts();
  expect(events).toMatchObject([{ type: 'retry', path: '', attempt: 1 }]);
});
