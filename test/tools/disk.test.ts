import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freeBytes } from '../../src/tools/disk.js';

it('tells the free space of a folder, or of where it would be', async () => {
  const here = await freeBytes(tmpdir());
  const below = await freeBytes(join(tmpdir(), 'not', 'yet', 'there'));
  expect(here).toBeGreaterThan(0);
  expect(Math.abs((below ?? 0) - (here ?? 0))).toBeLessThan(1e9);
  expect(await freeBytes('nul\0byte')).toBeNull();
});
