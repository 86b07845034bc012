import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../src/storage/remote-file/block-run.js';
import { Blocks } from '../../../src/storage/remote-file/blocks.js';
import { memorySource } from './memory-source.js';

const CONTENT = randomBytes(40 * BLOCK_BYTES + 1234);

async function readAll(blocks: Blocks): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let i = 0; i < blocks.count; i++) parts.push(await blocks.block(i));
  return Buffer.concat(parts);
}

test('bytes at any place', async () => {
  const blocks = new Blocks(memorySource(CONTENT));
  for (const [offset, length] of [
    [0, 10],
    [BLOCK_BYTES - 5, 10],
    [3 * BLOCK_BYTES, 2 * BLOCK_BYTES],
    [CONTENT.length - 7, 100],
    [CONTENT.length, 10],
    [CONTENT.length + 10, 10],
  ] as const) {
    expect((await blocks.read(offset, length)).equals(CONTENT.subarray(offset, offset + length))).toBe(true);
  }
});

test('reading in order asks for ever more at once, each byte once', async () => {
  const source = memorySource(CONTENT);
  const blocks = new Blocks(source);
  expect((await readAll(blocks)).equals(CONTENT)).toBe(true);
  expect(source.asked.map(([start, end]) => Math.ceil((end - start) / BLOCK_BYTES))).toEqual([1, 2, 4, 8, 16, 10]);
  expect(source.asked.map(([start]) => start)).toEqual([0, ...source.asked.map(([, end]) => end)].slice(0, -1));
  blocks.checkSums();
});

test('what comes next is asked for before it is wanted', async () => {
  const source = memorySource(CONTENT);
  const blocks = new Blocks(source);
  for (let i = 0; i <= 5; i++) await blocks.block(i);
  expect(source.asked.at(-1)).toEqual([7 * BLOCK_BYTES, 15 * BLOCK_BYTES]);
});

test('readers at the same place share what comes, and two places at once stay quick', async () => {
  const source = memorySource(CONTENT);
  const blocks = new Blocks(source);
  const [one, two] = await Promise.all([readAll(blocks), readAll(blocks)]);
  expect(one.equals(CONTENT) && two.equals(CONTENT)).toBe(true);
  expect(source.asked).toHaveLength(6);

  const apart = memorySource(CONTENT);
  const split = new Blocks(apart);
  for (let i = 0; i < 18; i++) {
    await split.block(i);
    await split.block(20 + i);
  }
  expect(apart.asked.length).toBeLessThan(14);
});

test('memory is bounded: what was read long ago is fetched again', async () => {
  const large = memorySource(Buffer.alloc(200 * BLOCK_BYTES));
  const blocks = new Blocks(large);
  await readAll(blocks);
  const before = large.asked.length;
  await blocks.block(199);
  expect(large.asked).toHaveLength(before);
  await blocks.block(0);
  expect(large.asked).toHaveLength(before + 1);
});

test('bytes that are not those of the checksum are found out', async () => {
  const wrong = Buffer.from(CONTENT);
  wrong.writeUInt8(wrong.readUInt8(500_000) ^ 1, 500_000);
  const { crc32c } = memorySource(CONTENT);
  const blocks = new Blocks(memorySource(wrong, { crc32c }));
  await readAll(blocks);
  expect(() => blocks.checkSums()).toThrow(expect.objectContaining({ code: 'storage-checksum' }));
  const unknown = new Blocks(memorySource(wrong, { crc32c: null }));
  await readAll(unknown);
  unknown.checkSums();
  const partly = new Blocks(memorySource(wrong, { crc32c }));
  await partly.block(0);
  partly.checkSums();
});

test('a failure reaches all who wait for those bytes, and is not kept for later', async () => {
  const source = memorySource(CONTENT);
  const blocks = new Blocks(source);
  source.break(new Error('gone'));
  const works = await Promise.allSettled([blocks.block(0), blocks.block(0)]);
  expect(works.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(blocks.block(0)).rejects.toThrow('gone');
  expect(source.asked).toHaveLength(2);
});
