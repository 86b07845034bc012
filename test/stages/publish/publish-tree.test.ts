import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishTree } from '../../../src/stages/publish/publish-tree.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-tree-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['went away', 'input-unreadable', (file: string) => rm(file)],
  ['has grown', 'source-changed', (file: string) => appendFile(file, 'more')],
] as const)('a file that %s since it was listed is named, and no playlist is sent', async (_, code, change) => {
  const file = join(folder, 'a.ts');
  const playlist = join(folder, 'index.m3u8');
  await writeFile(file, 'abc');
  await writeFile(playlist, '#EXTM3U');
  const files = [
    { path: 'a.ts', class: 'segment', file, bytes: 3 },
    { path: 'index.m3u8', class: 'media-playlist', file: playlist, bytes: 7 },
  ] as const;
  await change(file);
  const storage = new MemoryStorage();
  const work = publishTree(files, storage, { snapshot: await storage.snapshot() });
  await expect(work).rejects.toMatchObject({ code, message: expect.stringContaining(file) });
  expect(storage.log).toEqual([]);
});
