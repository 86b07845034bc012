import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { startMediactl } from './run.js';

let fake: FakeGcs;
let cwd = '';
let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-staging-'));
  cwd = path.join(root, 'work');
  await fs.mkdir(cwd);
  fake = await startFakeGcs({ buckets: [{ name: 'media' }] });
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});

/** Bytes of all files below, those that vanish meanwhile not counted. */
async function bytesBelow(folder: string): Promise<number> {
  let sum = 0;
  const entries = await fs.readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    sum += (await fs.stat(path.join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return sum;
}

test('on a slow network what is on disk stays below --max-staging, all that is being made included', async () => {
  const fault = { type: 'latency', milliseconds: 150 } as const;
  await fake.control.addFault({ fault, match: { kind: 'upload' }, count: 10_000 });
  const limit = 1_600_000;
  const args = ['--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast', '--upload-jobs', '1'];
  const running = startMediactl(
    ['encode', await clip('plain40'), '--to', 'gs://media/a', ...args, '--max-staging', `${limit}`, '--json'],
    { cwd, env: { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ANONYMOUS: 'true' } },
  );
  let ended = false;
  void running.done.finally(() => (ended = true));
  let most = 0;
  while (!ended) {
    most = Math.max(most, await bytesBelow(cwd));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { events } = await running.done;
  const result = events.at(-1);
  expect(result).toMatchObject({ type: 'result', outcome: 'encoded' });
  // The title is larger, so that the limit was needed.
  expect(result?.['bytes']).toBeGreaterThan(1.5 * limit);
  expect(events.some(({ type, waiting }) => type === 'upload' && waiting === true)).toBe(true);
  expect(most).toBeGreaterThan(0.3 * limit);
  expect(most).toBeLessThanOrEqual(limit);
});
