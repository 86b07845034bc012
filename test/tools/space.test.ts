import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeBytes } from '../../src/tools/space.js';

test('the free space of a folder, or of where it would be', async () => {
  const here = await freeBytes(tmpdir());
  const below = await freeBytes(join(tmpdir(), 'not', 'yet', 'there'));
  expect(here).toBeGreaterThan(0);
  expect(Math.abs(below - here)).toBeLessThan(1e9);
  expect(await freeBytes('nul\0byte')).toBe(Infinity);
});
