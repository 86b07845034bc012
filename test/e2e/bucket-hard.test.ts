import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { checkBucket } from './chaos/check-bucket.js';
import { makeTitles, type Title } from './chaos/titles.js';
import { startMediactl, type Ran, type Running, type RunOptions } from './run.js';

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
  titles = await makeTitles(root, ['a', 'b']);
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
      ...{ MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ANONYMOUS: 'true', XDG_STATE_HOME: path.join(cwd, 'state') },
      ...options.env,
    },
  });
const startUpload = (folder: string, ...more: string[]): Running =>
  start(['upload', folder, `gs://${bucket}/t`, ...more]);
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
  await expect.poll(deletions, { interval: 20, timeout: 20_000 }).toBeGreaterThan(2);
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
