import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MediactlError } from '../../src/errors.js';
import { isConflict, nullOnConflict, removeIf } from '../../src/storage/conflict.js';
import { LocalStorage } from '../../src/storage/local.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-conflict-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a lost race is told from every other failure', async () => {
  const lost = new MediactlError('storage-conflict', 'x');
  const failed = new MediactlError('storage-forbidden', 'x');
  expect([lost, failed, new Error('storage-conflict')].map(isConflict)).toEqual([true, false, false]);
  expect(await nullOnConflict(() => Promise.resolve(1))).toBe(1);
  expect(await nullOnConflict(() => Promise.reject(lost))).toBeNull();
  await expect(nullOnConflict(() => Promise.reject(failed))).rejects.toBe(failed);
});

test('only what was listed is removed', async () => {
  const storage = new LocalStorage(folder);
  const listed = await storage.write('a', new Uint8Array(1));
  await storage.write('a', new Uint8Array(2));
  expect(await removeIf(storage, listed)).toBe(false);
  const now = await storage.stat('a');
  expect(now?.bytes).toBe(2);
  if (now) expect(await removeIf(storage, now)).toBe(true);
  expect(await storage.stat('a')).toBeNull();
});
