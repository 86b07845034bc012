import { execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { textOf } from '../gcs/json.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { checkBucket } from './chaos/check-bucket.js';
import { makeTitles, type Title } from './chaos/titles.js';
import { peakMemory } from './robust/processes.js';
import { startMediactl, type Ran, type Running, type RunOptions } from './run.js';
import { filesBelow } from './title.js';

/** What goes wrong once a year: the real program against the fake server. */

let fake: FakeGcs;
let root = '';
let cwd = '';
let bucket = '';
let count = 0;
let titles: readonly Title[] = [];

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-hard-'));
  fake = await startFakeGcs({ nativeChecksums: true });
  titles = await makeTitles(root, ['a', 'b'], 'hls');
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  bucket = `hard-${count++}`;
  cwd = await fs.mkdtemp(path.join(root, 'cwd-'));
  await fake.control.createBucket({ name: bucket, public: true });
  await fake.control.clearLog();
});
afterEach(async () => {
  await fake.control.removeFault();
  await fake.control.deleteBucket(bucket);
  await fake.control.settings({ latencyMs: 0 });
});

const start = (args: readonly string[], options: RunOptions = {}): Running =>
  startMediactl([...args, '--json'], {
    cwd,
    ...options,
    env: {
      MEDIACTL_ENDPOINT: fake.endpoint,
      MEDIACTL_ANONYMOUS: 'true',
      XDG_STATE_HOME: path.join(cwd, 'state'),
      ...options.env,
    },
  });
const startUpload = (folder: string, ...more: string[]): Running =>
  start(['upload', '--replace', folder, `gs://${bucket}/t`, ...more]);
const upload = (folder: string, ...more: string[]): Promise<Ran> => startUpload(folder, ...more).done;
const named = (name: string): Title => titles.find((title) => title.name === name) ?? missing(name);
const wrong = (title: Title): Promise<string[]> =>
  checkBucket(fake, { bucket, prefix: 't', title, foreign: new Map() });

function missing(what: string): never {
  throw new Error(`no ${what}`);
}

test('killed while it removes an old version, the next run removes the rest', async () => {
  await upload(named('a').folder);
  // Each deletion takes its time, so that there is a middle.
  await fake.control.addFault({
    fault: { type: 'latency', milliseconds: 500 },
    match: { kind: 'object-delete' },
    count: 1000,
  });
  const second = startUpload(named('b').folder, '--keep-versions', '0', '--upload-jobs', '2');
  const deletions = async (): Promise<number> => (await fake.control.requests({ kind: 'object-delete' })).length;
  await expect.poll(deletions, { interval: 20 }).toBeGreaterThan(2);
  second.child.kill('SIGKILL');
  expect((await second.done).signal).toBe('SIGKILL');
  await fake.control.removeFault();
  expect(await wrong(named('b'))).not.toEqual([]);
  expect((await upload(named('b').folder, '--keep-versions', '0')).events.at(-1)).toMatchObject({
    outcome: 'unchanged',
  });
  expect(await wrong(named('b'))).toEqual([]);
});

test('many requests at once are no reason for a word on stderr', async () => {
  await fake.control.settings({ latencyMs: 100 });
  const folder = path.join(cwd, 'tree');
  await fs.mkdir(folder);
  for (let i = 0; i < 40; i++) await fs.writeFile(path.join(folder, `${i}.ts`), `${i}`);
  const { stderr, exitCode } = await upload(folder);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect((await fake.control.counts()).mostInFlight).toBeGreaterThan(11);
});

const MiB = 1024 * 1024;
const counted = async (kind: string): Promise<number> => (await fake.control.requests({ kind })).length;
/** What uploads remember. */
const remembered = (): Promise<string[]> => filesBelow(path.join(cwd, 'state')).catch(() => []);

async function treeWith(name: string, megabytes: number): Promise<string> {
  const folder = path.join(cwd, 'tree');
  await fs.mkdir(folder, { recursive: true });
  const file = await fs.open(path.join(folder, name), 'w');
  // Sparse, but not the same everywhere.
  for (let at = 0; at < megabytes; at += 5) await file.write(`at ${at}`, at * MiB);
  await file.truncate(megabytes * MiB);
  await file.close();
  return folder;
}

test('a large file goes on after a kill where it was, and what was remembered is gone at the end', async () => {
  await fake.control.settings({ latencyMs: 150 });
  const folder = await treeWith('large #1.mp4', 45);
  const first = startUpload(folder);
  await expect.poll(() => counted('resumable-chunk'), { interval: 10 }).toBeGreaterThanOrEqual(3);
  first.child.kill('SIGKILL');
  await first.done;
  const before = await counted('resumable-chunk');
  await fake.control.settings({ latencyMs: 0 });
  expect(await remembered()).toContainEqual(expect.stringMatching(/sessions\/.*\.upload$/));
  // From anywhere.
  const { exitCode, stderr } = await start(['upload', folder, `gs://${bucket}/t`], { cwd: root }).done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(await counted('resumable-start')).toBe(1);
  expect((await counted('resumable-chunk')) - before).toBeLessThanOrEqual(3);
  expect((await fake.control.writes()).length).toBe(1);
  expect(await remembered()).toEqual([]);
});

test('a file of many gigabytes, or a little less, is streamed in little memory', async () => {
  const megabytes = Number(process.env['SPARSE_MIB'] ?? 150);
  const folder = await treeWith('sparse.mp4', megabytes);
  const running = startUpload(folder);
  let peak = 0;
  const watch = setInterval(() => {
    void peakMemory(running.child.pid ?? 0).then((bytes) => (peak = Math.max(peak, bytes)));
  }, 50);
  const { events, exitCode } = await running.done;
  clearInterval(watch);
  expect({ exitCode, bytes: events.at(-1)?.['bytes'] }).toEqual({ exitCode: 0, bytes: megabytes * MiB });
  expect(peak / MiB).toBeLessThan(200);
  expect(peak).toBeGreaterThan(0);
});

test.each([
  ['another title is uploaded', null],
  ['the one that is there is uploaded again', 'b'],
])('killed, and %s instead: nothing of the first is left', async (_, before) => {
  if (before !== null) await upload(named(before).folder);
  await fake.control.clearLog();
  await fake.control.addFault({
    fault: { type: 'latency', milliseconds: 300 },
    match: { kind: 'insert-multipart' },
    count: 1000,
  });
  const first = startUpload(named('a').folder, '--upload-jobs', '2');
  const writes = async (): Promise<number> => (await fake.control.writes()).length;
  await expect.poll(writes, { interval: 20 }).toBeGreaterThan(4);
  first.child.kill('SIGKILL');
  await first.done;
  await fake.control.removeFault();
  expect((await upload(named('b').folder)).exitCode).toBe(0);
  expect(await wrong(named('b'))).toEqual([]);
  expect(await remembered()).toEqual([]);
});

test('one upload of a user to a destination at a time; without a place to remember it, it uploads all the same', async () => {
  await fake.control.settings({ latencyMs: 300 });
  const first = startUpload(named('a').folder, '--upload-jobs', '1');
  await expect.poll(() => counted('insert-multipart'), { interval: 20 }).toBeGreaterThan(0);
  const second = await upload(named('b').folder);
  expect([second.exitCode, second.events.at(-1)?.['code']]).toEqual([7, 'output-busy']);
  await fake.control.settings({ latencyMs: 0 });
  expect((await first.done).exitCode).toBe(0);
  expect(await wrong(named('a'))).toEqual([]);

  const env = { XDG_STATE_HOME: '/dev/null/nowhere' };
  const third = await start(['upload', '--replace', named('b').folder, `gs://${bucket}/t`], { env }).done;
  expect(third.exitCode).toBe(0);
  expect(third.events.filter(({ type }) => type === 'warning')).toMatchObject([{ code: 'upload-not-remembered' }]);
  expect(await wrong(named('b'))).toEqual([]);
});

test('a folder that changes while it is uploaded: nothing of the change gets there', async () => {
  const folder = path.join(cwd, 'copy');
  await fs.cp(named('a').folder, folder, { recursive: true });
  await fake.control.settings({ latencyMs: 400 });
  const running = startUpload(folder);
  await expect.poll(() => counted('insert-multipart'), { interval: 10 }).toBeGreaterThan(0);
  const master = path.join(folder, 'master.m3u8');
  // As long as before.
  await fs.writeFile(master, (await fs.readFile(master, 'utf8')).replaceAll('index', 'inedx'));
  const { exitCode, events } = await running.done;
  expect([exitCode, events.at(-1)?.['code']]).toEqual([5, 'source-changed']);
  expect((await fake.control.objects(bucket)).filter(({ name }) => name === 't/master.m3u8')).toEqual([]);
});

test('the bucket disappears in the middle: said so; when it is back the same command ends well', async () => {
  await fake.control.addFault({ fault: { type: 'delete-bucket' }, match: { kind: 'insert-multipart' }, skip: 5 });
  const { exitCode, events } = await upload(named('a').folder);
  expect([exitCode, events.at(-1)?.['code']]).toEqual([10, 'storage-not-found']);
  await fake.control.createBucket({ name: bucket, public: true });
  expect((await upload(named('a').folder)).exitCode).toBe(0);
  expect(await wrong(named('a'))).toEqual([]);
});

test('thousands of objects are listed by pages, and nothing is sent twice', async () => {
  const folder = path.join(cwd, 'tree');
  await fs.mkdir(folder);
  await fs.writeFile(path.join(folder, '0.ts'), 'segment');
  for (let i = 1; i < 2100; i++) await fs.link(path.join(folder, '0.ts'), path.join(folder, `${i}.ts`));
  expect((await upload(folder)).exitCode).toBe(0);
  await fake.control.clearLog();
  const again = await upload(folder);
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged', bytes: 2100 * 7 });
  expect((await fake.control.counts()).byKind).toEqual({ 'object-list': 3 });
});

test('clocks that are wrong or jump, here or there, change nothing', async () => {
  const { source, ladder } = named('a');
  const jump = `--import ${new URL('chaos/jump-clock.mjs', import.meta.url).href}`;
  const encode = ['encode', source, '--ladder', ladder, '--to', `gs://${bucket}/e`];
  const { exitCode, stderr } = await start(encode, { env: { NODE_OPTIONS: jump } }).done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(await checkBucket(fake, { bucket, prefix: 'e', title: null, foreign: new Map() })).toEqual([]);

  // The server's clock goes on by eight days, after which no upload session lives.
  await fake.control.settings({ latencyMs: 100 });
  const running = startUpload(await treeWith('large.mp4', 30));
  await expect.poll(() => counted('resumable-chunk'), { interval: 10 }).toBeGreaterThanOrEqual(2);
  await fake.control.advanceClock(8 * 24 * 3600_000);
  expect((await running.done).exitCode).toBe(0);
  expect((await fake.control.objects(bucket)).filter(({ size }) => size === String(30 * MiB)).length).toBe(1);
});

const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0 && canMount();

test.skipIf(!CAN_MOUNT)(
  'a working folder that is full or read-only: said so, nothing is live, and it goes on',
  async () => {
    const { source, ladder } = named('a');
    const mount = (options: string): unknown => execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', cwd]);
    const encode = ['encode', source, '--ladder', ladder, '--to', `gs://${bucket}/t`];
    mount('size=8m');
    try {
      for (const [options, code] of [
        ['ro', 'output-not-writable'],
        ['rw,size=60k', 'disk-full'],
      ] as const) {
        execFileSync('mount', ['-o', `remount,${options}`, cwd]);
        const { exitCode, events } = await start(encode, { env: { XDG_STATE_HOME: root } }).done;
        expect([exitCode, events.at(-1)?.['code']], options).toEqual([6, code]);
        expect((await fake.control.objects(bucket)).filter(({ name }) => textOf(name).endsWith('m3u8'))).toEqual([]);
      }
      // Full on the way, because the network is slow: or just not, where FFmpeg is slower.
      execFileSync('mount', ['-o', 'remount,size=200k', cwd]);
      const slow = { fault: { type: 'latency', milliseconds: 1500 }, match: { kind: 'insert-multipart' } } as const;
      await fake.control.addFault({ ...slow, count: 1000 });
      const full = await start(encode, { env: { XDG_STATE_HOME: root } }).done;
      if (full.exitCode !== 0) expect(full.events.at(-1)).toMatchObject({ code: 'disk-full' });
      await fake.control.removeFault();
      execFileSync('mount', ['-o', 'remount,size=8m', cwd]);
      expect((await start(encode, { env: { XDG_STATE_HOME: root } }).done).exitCode).toBe(0);
      expect(await checkBucket(fake, { bucket, prefix: 't', title: null, foreign: new Map() })).toEqual([]);
      expect(await fs.readdir(cwd)).toEqual([expect.stringMatching(/^t-.*receipt\.json$/)]);
    } finally {
      execFileSync('umount', ['--lazy', cwd]);
    }
  },
);

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
