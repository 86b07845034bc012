import { mkdir, mkdtemp, open, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify, sampleOffsets } from '../../../src/stages/probe/identity.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-identity-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('identity', () => {
  it('is a known value', async () => {
    const path = join(folder, 'known');
    await writeFile(path, 'hello');
    await utimes(path, 1000, 1234.5678);
    expect(await identify(path)).toEqual({
      path,
      absolutePath: path,
      bytes: 5,
      modifiedMs: 1234567,
      // SHA-256 of "5\nhello".
      fingerprint: '8c7efb22472592f561a7a7647f8c5ee93134880b4ca0c92889a61848cd5c4602',
    });
  });

  it('samples head, tail and evenly between', () => {
    expect(sampleOffsets(0)).toEqual([]);
    expect(sampleOffsets(100)).toEqual([0]);
    expect(sampleOffsets(1_048_576)).toEqual(Array.from({ length: 16 }, (_, i) => i * 65_536));
    const offsets = sampleOffsets(10_000_000_000);
    expect(offsets).toHaveLength(16);
    expect([offsets[0], offsets[1], offsets[15]]).toEqual([0, 666_662_297, 9_999_934_464]);
  });

  it('is cheap on a huge file, and notices a change at either end', async () => {
    const path = join(folder, 'huge');
    await writeFile(path, 'head');
    await truncate(path, 50_000_000_000);
    const first = await identify(path);
    const change = async (position: number) => {
      const handle = await open(path, 'r+');
      await handle.write('x', position);
      await handle.close();
      return (await identify(path)).fingerprint;
    };
    const tail = await change(49_999_999_999);
    const head = await change(0);
    expect(new Set([first.fingerprint, tail, head]).size).toBe(3);
  });

  it('refuses what is not a file', async () => {
    await mkdir(join(folder, 'dir'));
    await expect(identify(join(folder, 'dir'))).rejects.toMatchObject({ code: 'input-unsupported' });
    await expect(identify(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-not-found' });
    await expect(identify(join(folder, 'known', 'below'))).rejects.toMatchObject({ code: 'input-not-found' });
    await expect(identify('nul\0byte')).rejects.toMatchObject({ code: 'input-not-found' });
    await expect(identify('http://example.com/a.mp4')).rejects.toMatchObject({
      code: 'input-not-found',
      hint: 'download it first',
    });
    await expect(identify('/dev/null')).rejects.toMatchObject({ code: 'input-unsupported' });
  });

  it.skipIf(process.getuid?.() === 0)('says when it may not read', async () => {
    const path = join(folder, 'secret');
    await writeFile(path, 'x', { mode: 0o000 });
    await expect(identify(path)).rejects.toMatchObject({ code: 'input-unreadable', reason: 'permission denied' });
  });
});
