import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FaultRule } from './faults.js';
import { ask, bytesOf, checksum, pathsOf, put, reasonOf, type Paths } from './http.js';
import { startFakeGcs, type FakeGcs } from './start.mjs';

const MEBIBYTE = 1024 * 1024;
const QUANTUM = 256 * 1024;
let fake: FakeGcs;
let paths: Paths;

beforeAll(async () => {
  fake = await startFakeGcs({ buckets: [{ name: 'faulty', public: true }] });
  paths = pathsOf(fake.endpoint, 'faulty');
});
afterAll(() => fake.stop());
afterEach(async () => {
  await fake.control.removeFault();
  await fake.control.clearLog();
});

const add = (rule: FaultRule) => fake.control.addFault(rule);
const isThere = async (name: string) =>
  (await fake.control.objects('faulty')).some((object) => object['name'] === name);

async function upload(name: string, body: Uint8Array | string, milliseconds = 10_000): Promise<number | string> {
  try {
    const signal = AbortSignal.timeout(milliseconds);
    const response = await fetch(paths.upload('media', name), { method: 'POST', body: Buffer.from(body), signal });
    return response.status;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'broken';
  }
}

test('a status, once or N times, with Retry-After; skip and count; nothing is stored', async () => {
  await add({ fault: { type: 'status', status: 503, retryAfter: '2' }, count: 2, skip: 1, match: { kind: 'upload' } });
  const answers = [];
  for (let n = 0; n < 4; n++) answers.push(await put(paths, `n${n}`, 'x'));
  expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 200]);
  expect(answers[1]?.headers.get('retry-after')).toBe('2');
  expect(reasonOf(answers[1]!)).toBe('backendError');
  expect(await isThere('n1')).toBe(false);
  expect(await fake.control.injected()).toMatchObject([{ object: 'n1', kind: 'insert-media' }, { object: 'n2' }]);
  expect((await fake.control.counts()).faults).toEqual({ status: 2 });
  expect(await fake.control.faultRules()).toMatchObject([{ seen: 4, fired: 2 }]);
});

test('rules aim by method, bucket, object, path, kind and content range', async () => {
  const fault = { type: 'status', status: 500 } as const;
  for (const match of [
    { method: 'DELETE' },
    { bucket: 'other' },
    { object: '^b$' },
    { path: 'uploadType=resumable' },
    { kind: ['read', 'resumable-chunk'] as const },
    { contentRange: '/\\*$' },
  ]) {
    await add({ fault, match, count: 9 });
  }
  expect((await put(paths, 'a', 'x')).status).toBe(200);
  for (const rule of await fake.control.faultRules()) expect(rule.fired).toBe(0);
  expect((await put(paths, 'b', 'x')).status).toBe(500);
  expect((await ask(paths.object('a'))).status).toBe(500);
  expect((await ask(paths.object('a'), { method: 'DELETE' })).status).toBe(500);
});

test('a probability hits the same requests for the same seed', async () => {
  const run = async (seed: number): Promise<string> => {
    await fake.control.removeFault();
    await add({ fault: { type: 'status', status: 503 }, probability: 0.3, seed });
    let hits = '';
    for (let n = 0; n < 40; n++) hits += (await ask(paths.object('none'))).status === 503 ? 'x' : '.';
    return hits;
  };
  const first = await run(1);
  expect(await run(1)).toBe(first);
  expect(await run(2)).not.toBe(first);
  expect(first.split('x').length - 1).toBeGreaterThan(4);
  expect(first.split('x').length - 1).toBeLessThan(20);
});

test('resets: before and amid the body nothing is stored, after it everything is', async () => {
  await add({ fault: { type: 'reset', when: 'before-body' } });
  expect([await upload('r1', 'x'), await isThere('r1')]).toEqual(['broken', false]);
  await add({ fault: { type: 'reset', when: 'mid-body', afterBytes: MEBIBYTE } });
  expect([await upload('r2', bytesOf(4 * MEBIBYTE)), await isThere('r2')]).toEqual(['broken', false]);
  await add({ fault: { type: 'reset', when: 'after-store' } });
  expect([await upload('r3', 'x'), await isThere('r3')]).toEqual(['broken', true]);
});

test('a lost acknowledgement: stored, no answer; a late error: stored, 503', async () => {
  await add({ fault: { type: 'lost-ack' } });
  expect([await upload('l1', 'x', 300), await isThere('l1')]).toEqual(['timeout', true]);
  await add({ fault: { type: 'status', status: 503, when: 'after' } });
  expect([await upload('l2', 'x'), await isThere('l2')]).toEqual([503, true]);
  expect(await fake.control.writes({ object: 'l2' })).toHaveLength(1);
});

test('stalls: never answers, or stops reading so that the sender is stuck', async () => {
  await add({ fault: { type: 'stall', when: 'never-answer' } });
  expect([await upload('s1', bytesOf(MEBIBYTE), 300), await isThere('s1')]).toEqual(['timeout', false]);
  await add({ fault: { type: 'stall', when: 'stop-reading', afterBytes: 100_000 } });
  const { port } = new URL(fake.endpoint);
  const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
  socket.write(
    `POST ${paths.upload('media', 's2').replace(fake.endpoint, '')} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n`,
  );
  let sent = 0;
  const piece = Buffer.alloc(65536);
  const until = Date.now() + 500;
  while (Date.now() < until && sent < 1e8) {
    if (socket.writableLength < MEBIBYTE) socket.write(piece, () => (sent += piece.length));
    await sleep(1);
  }
  socket.destroy();
  expect(sent).toBeLessThan(2e7);
  const [entry] = await fake.control.requests({ object: 's2' });
  expect(entry?.bytesIn).toBeLessThan(400_000);
});

test('a session that stopped reading goes on when its client comes again', async () => {
  const started = await ask(paths.upload('resumable', 's3'), { method: 'POST' });
  const uri = started.headers.get('location') ?? '';
  const body = bytesOf(MEBIBYTE);
  await add({ fault: { type: 'stall', when: 'stop-reading', afterBytes: 1000 } });
  const signal = AbortSignal.timeout(300);
  await expect(fetch(uri, { method: 'PUT', body, signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await ask(uri, { method: 'PUT', body })).status).toBe(200);
  expect(await isThere('s3')).toBe(true);
});

test('slow reading and slow answers take their time', async () => {
  const body = bytesOf(200_000);
  await add({ fault: { type: 'slow-upload', bytesPerSecond: 500_000 } });
  let start = Date.now();
  expect(await upload('slow', body)).toBe(200);
  expect(Date.now() - start).toBeGreaterThan(350);
  await add({ fault: { type: 'slow-download', bytesPerSecond: 500_000 } });
  start = Date.now();
  const got = await fetch(paths.media('slow'));
  expect(Buffer.from(await got.arrayBuffer()).equals(body)).toBe(true);
  expect(Date.now() - start).toBeGreaterThan(350);
});

test('answers that are cut, stand still or have a wrong bit', async () => {
  const body = bytesOf(300_000);
  await upload('cut', body);
  for (const how of ['close', 'reset'] as const) {
    await add({ fault: { type: 'truncate', afterBytes: 100_000, how }, match: { kind: 'object-media' } });
    const response = await fetch(paths.media('cut'));
    expect(response.headers.get('content-length')).toBe('300000');
    await expect(response.arrayBuffer()).rejects.toThrow();
  }
  const sizes = (await fake.control.requests({ kind: 'object-media' })).map(({ bytesOut }) => bytesOut);
  expect(sizes).toEqual([100_000, 100_000]);

  await add({ fault: { type: 'stall-download', afterBytes: 1000 } });
  const stalled = await fetch(paths.public('cut'), { signal: AbortSignal.timeout(300) });
  await expect(stalled.arrayBuffer()).rejects.toThrow(/timeout/);

  await add({ fault: { type: 'corrupt', direction: 'download' } });
  const wrong = Buffer.from(await (await fetch(paths.media('cut'))).arrayBuffer());
  expect([wrong.length, checksum(wrong) === checksum(body)]).toEqual([300_000, false]);
  await add({ fault: { type: 'corrupt', direction: 'upload' } });
  const stored = await put(paths, 'bad', body);
  expect(stored.json['crc32c']).not.toBe(checksum(body));
});

test('a resumable upload: short 308, an interrupted chunk, sessions that end', async () => {
  const bytes = bytesOf(4 * QUANTUM);
  const session = async (name: string) =>
    (await ask(paths.upload('resumable', name), { method: 'POST' })).headers.get('location') ?? '';
  const send = (url: string, from: number, to: number, total: number | string) =>
    ask(url, {
      method: 'PUT',
      body: bytes.subarray(from, to),
      headers: { 'content-range': `bytes ${from}-${to - 1}/${total}` },
    });
  const status = (url: string) => ask(url, { method: 'PUT', headers: { 'content-range': 'bytes */*' } });

  const short = await session('short');
  await add({
    fault: { type: 'short-308', keepBytes: QUANTUM + 5 },
    match: { kind: ['resumable-chunk', 'resumable-final'] },
  });
  expect((await send(short, 0, 4 * QUANTUM, 4 * QUANTUM)).headers.get('range')).toBe(`bytes=0-${QUANTUM - 1}`);
  expect((await send(short, QUANTUM, 4 * QUANTUM, 4 * QUANTUM)).json['crc32c']).toBe(checksum(bytes));

  const cut = await session('cut');
  await add({
    fault: { type: 'reset', when: 'mid-body', afterBytes: 2 * QUANTUM + 1000 },
    match: { kind: 'resumable-final' },
  });
  await expect(send(cut, 0, 4 * QUANTUM, 4 * QUANTUM)).rejects.toThrow();
  expect((await status(cut)).headers.get('range')).toBe(`bytes=0-${2 * QUANTUM - 1}`);

  const lost = await session('lost');
  await add({ fault: { type: 'reset', when: 'after-store' }, match: { kind: 'resumable-final' } });
  await expect(send(lost, 0, 4 * QUANTUM, 4 * QUANTUM)).rejects.toThrow();
  expect((await status(lost)).json['crc32c']).toBe(checksum(bytes));

  const expiring = await session('expiring');
  await add({ fault: { type: 'expire-sessions' }, match: { kind: 'resumable-final' } });
  expect((await send(expiring, 0, QUANTUM, QUANTUM)).status).toBe(410);
  expect((await status(cut)).status).toBe(410);
});

test('latency, for all or by a rule', async () => {
  await fake.control.settings({ latencyMs: 120 });
  let start = Date.now();
  await ask(paths.bucket);
  expect(Date.now() - start).toBeGreaterThanOrEqual(119);
  await fake.control.settings({ latencyMs: 0 });
  await add({ fault: { type: 'latency', milliseconds: 150 } });
  start = Date.now();
  await ask(paths.bucket);
  expect(Date.now() - start).toBeGreaterThanOrEqual(149);
});

test('a bucket that disappears in the middle of an upload', async () => {
  await fake.control.createBucket({ name: 'brief' });
  const brief = pathsOf(fake.endpoint, 'brief');
  const url = (await ask(brief.upload('resumable', 'a'), { method: 'POST' })).headers.get('location') ?? '';
  await add({ fault: { type: 'delete-bucket' }, match: { kind: 'resumable-final' } });
  const answer = await ask(url, { method: 'PUT', body: 'x' });
  expect([answer.status, reasonOf(answer)]).toEqual([404, 'notFound']);
  expect((await put(brief, 'a', 'x')).status).toBe(404);
});

test('the log: every request with its connection and those beside it, every write', async () => {
  await add({ fault: { type: 'latency', milliseconds: 100 }, count: 10 });
  await Promise.all(Array.from({ length: 5 }, (_, n) => put(paths, `log${n}`, bytesOf(1000))));
  await ask(paths.object('log1'), { method: 'DELETE' });
  const counts = await fake.control.counts();
  expect(counts).toMatchObject({
    requests: 6,
    byKind: { 'insert-media': 5, 'object-delete': 1 },
    byStatus: { 200: 5, 204: 1 },
    bytesIn: 5000,
    writes: 6,
  });
  expect(counts.mostInFlight).toBeGreaterThan(1);
  const writes = await fake.control.writes({ object: 'log1' });
  expect(writes.map(({ operation }) => operation)).toEqual(['insert-media', 'object-delete']);
  expect(await fake.control.requests({ object: 'log1', status: 204 })).toMatchObject([{ method: 'DELETE' }]);
  expect((await fake.control.shortestWriteGap())?.object).toBe('faulty/log1');
  await expect(fake.control.deleteBucket('none')).resolves.toBe(false);
});

test('the process ends with whoever started it', async () => {
  const other = await startFakeGcs();
  await other.stop();
  await other.stop();
  await expect(ask(other.endpoint)).rejects.toThrow();
  expect(() => process.kill(other.pid, 0)).toThrow();
});

test('as a program it serves until it is interrupted', async () => {
  const program = spawn(process.execPath, ['test/gcs/start.mjs', '{"buckets":[{"name":"demo"}]}']);
  const endpoint = await new Promise<string>((resolve) =>
    program.stdout.once('data', (line) => resolve(String(line).trim())),
  );
  expect((await put(pathsOf(endpoint, 'demo'), 'a', 'x')).status).toBe(200);
  program.kill('SIGINT');
  await new Promise((resolve) => program.once('exit', resolve));
  await expect(ask(endpoint)).rejects.toThrow();
});
