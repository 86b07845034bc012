import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/storage/remote-file/block-run.js';
import { Blocks } from '../../../src/storage/remote-file/blocks.js';
import type { Pinned } from '../../../src/storage/remote-file/pinned.js';
import { memorySource, type MemorySource } from './memory-source.js';

const CONTENT = randomBytes(200 * BLOCK_BYTES + 99);
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-copy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

async function keeping(changes: Partial<Pinned> = {}): Promise<{ source: MemorySource; blocks: Blocks }> {
  const source = memorySource(CONTENT, changes);
  const blocks = new Blocks(source);
  await blocks.cacheIn(folder);
  return { source, blocks };
}

async function readAll(blocks: Blocks): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let i = 0; i < blocks.count; i++) parts.push(await blocks.block(i));
  return Buffer.concat(parts);
}

const fetched = ({ asked }: MemorySource): number => asked.reduce((sum, [start, end]) => sum + end - start, 0);

test('each byte is fetched once, however far readers are apart', async () => {
  const { source, blocks } = await keeping();
  expect((await readAll(blocks)).equals(CONTENT)).toBe(true);
  expect((await readAll(blocks)).equals(CONTENT)).toBe(true);
  expect(fetched(source)).toBe(CONTENT.length);
  await blocks.close();
});

test('all of it at once, told as it comes; the next run fetches nothing', async () => {
  const first = await keeping();
  const told: number[] = [];
  await first.blocks.fetchAll(never, (bytes) => told.push(bytes));
  expect(told.at(-1)).toBe(CONTENT.length);
  expect(told.toSorted((a, b) => a - b)).toEqual(told);
  expect(fetched(first.source)).toBe(CONTENT.length);
  await first.blocks.close();

  const again = await keeping();
  await again.blocks.fetchAll(never, () => {});
  expect(again.source.asked).toEqual([]);
  expect((await again.blocks.read(5_000_000, 100)).equals(CONTENT.subarray(5_000_000, 5_000_100))).toBe(true);
  await again.blocks.close();
});

test('what was interrupted goes on; what a crash tore is fetched again', async () => {
  const first = await keeping();
  for (let i = 0; i < 60; i++) await first.blocks.block(i);
  await first.blocks.close();
  // A record that was cut in the middle, and bytes that never got to the disk.
  await appendFile(join(folder, 'source', 'blocks'), 'abc');
  const data = await open(join(folder, 'source', 'data'), 'r+');
  await data.write(Buffer.alloc(1000), 0, 1000, 7 * BLOCK_BYTES + 50);
  await data.close();

  const second = await keeping();
  await second.blocks.fetchAll(never, () => {});
  expect(second.source.asked).toContainEqual([7 * BLOCK_BYTES, 8 * BLOCK_BYTES]);
  expect(fetched(second.source)).toBeLessThan(CONTENT.length - 50 * BLOCK_BYTES);
  expect((await readAll(second.blocks)).equals(CONTENT)).toBe(true);
  await second.blocks.close();

  await truncate(join(folder, 'source', 'data'), 1000);
  const third = await keeping();
  await third.blocks.fetchAll(never, () => {});
  expect(fetched(third.source)).toBe(CONTENT.length);
  await third.blocks.close();
});

test('another version begins anew, and only this user may read it', async () => {
  const first = await keeping();
  await first.blocks.fetchAll(never, () => {});
  await first.blocks.close();
  const other = await keeping({ version: '2' });
  await other.blocks.fetchAll(never, () => {});
  expect(fetched(other.source)).toBe(CONTENT.length);
  await other.blocks.close();
  for (const name of await readdir(join(folder, 'source'))) {
    expect((await stat(join(folder, 'source', name))).mode & 0o077).toBe(0);
  }
});

test('fetching all finds out bytes that are not those of the server', async () => {
  const { blocks } = await keeping({ crc32c: 'AAAAAA==' });
  await expect(blocks.fetchAll(never, () => {})).rejects.toMatchObject({ code: 'storage-checksum' });
  expect(blocks.hasWrongBytes).toBe(true);
  await blocks.close();
});

test('a disk that takes no more ends the keeping, not the reading', async () => {
  const { source, blocks } = await keeping();
  await blocks.block(0);
  await blocks.close();
  const copy = await blocks.cacheIn(folder);
  await copy.close();
  expect((await readAll(blocks)).equals(CONTENT)).toBe(true);
  expect(fetched(source)).toBeGreaterThanOrEqual(CONTENT.length - BLOCK_BYTES);
  await expect(blocks.fetchAll(never, () => {})).rejects.toMatchObject({ code: 'disk-full' });
});
