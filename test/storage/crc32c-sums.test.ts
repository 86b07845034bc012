import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { BlockSums } from '../../src/storage/crc32c-sums.js';
import { crc32cOf } from '../../src/storage/crc32c.js';

test.each([
  [1, 4],
  [4, 4],
  [5, 4],
  [1000, 64],
  [700_001, 262_144],
])('the sum of %d bytes from blocks of %d, in any order', (bytes, blockBytes) => {
  const content = randomBytes(bytes);
  const sums = new BlockSums(bytes, blockBytes);
  const blocks = Array.from({ length: Math.ceil(bytes / blockBytes) }, (_, i) => i).toReversed();
  for (const block of blocks) {
    expect(sums.whole()).toBeNull();
    expect(sums.add(block, content.subarray(block * blockBytes, (block + 1) * blockBytes))).toBe(true);
  }
  expect(sums.whole()).toBe(crc32cOf(content));
});

test('a block that comes again must be the same', () => {
  const sums = new BlockSums(8, 4);
  expect(sums.add(1, Buffer.from('abcd'))).toBe(true);
  expect(sums.add(1, Buffer.from('abcd'))).toBe(true);
  expect(sums.add(1, Buffer.from('abce'))).toBe(false);
});
