import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Spool } from '../../../src/storage/web/spool.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-spool-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('what is written can be read, and has no name meanwhile', async () => {
  vi.stubEnv('TMPDIR', folder);
  const spool = await Spool.create();
  spool.write(Buffer.from('lost'));
  spool.clear();
  spool.write(Buffer.from('abc'));
  spool.write(Buffer.from('def'));
  expect(spool.bytes).toBe(6);
  expect((await spool.read(1, 4)).toString()).toBe('bcde');
  expect(await readdir(folder)).toEqual([]);
  await spool.close();
});

test('where there is no folder for it, that is said with a code', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'none'));
  await expect(Spool.create()).rejects.toMatchObject({ name: 'MediactlError', code: 'output-not-writable' });
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!canMount)('a disk that fills is said with a code', async (context) => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return context.skip();
  }
  try {
    vi.stubEnv('TMPDIR', disk);
    const spool = await Spool.create();
    const fill = (): void => spool.write(Buffer.alloc(1 << 20));
    expect(fill).toThrow(expect.objectContaining({ name: 'MediactlError', code: 'disk-full' }));
    await spool.close();
  } finally {
    execFileSync('umount', [disk]);
  }
});
