import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MediactlError } from '../../src/errors.js';
import { asReadError, asWriteError } from '../../src/errors/disk.js';
import { freeBytes } from '../../src/tools/space.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-space-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

test.each([
  ['EACCES', 'output-not-writable', /may not write/],
  ['EPERM', 'output-not-writable', /may not write/],
  ['EROFS', 'output-not-writable', /read-only/],
  ['EIO', 'output-not-writable', /disk reported/],
  ['ENOTDIR', 'output-not-writable', /in the way/],
  ['ENOENT', 'output-not-writable', /disappeared/],
  ['ENAMETOOLONG', 'output-not-writable', /longer/],
  ['EDQUOT', 'disk-full', /quota/],
  ['ENOSPC', 'disk-full', /left on its disk/],
])('%s becomes %s', (code, mapped, reason) => {
  const error = asWriteError(failure(code), join(folder, 'a\nb'));
  expect(error).toMatchObject({ code: mapped, reason: expect.stringMatching(reason), hint: expect.any(String) });
  expect(error.message).toContain(`${folder}/a\\nb`);
  expect(error.cause).toMatchObject({ code });
});

test('what is not about writing stays what it is', () => {
  const bug = new TypeError('bug');
  expect(asWriteError(bug, folder)).toBe(bug);
  const ours = new MediactlError('encode-failed', 'x');
  expect(asWriteError(ours, folder)).toBe(ours);
  expect(asWriteError('text', folder).message).toBe('text');
  const unknown = failure('EWEIRD');
  expect(asWriteError(unknown, folder)).toBe(unknown);
});

test.each([
  ['ENOENT', /does not exist/],
  ['EACCES', /may not read/],
  ['EISDIR', /is a folder/],
  ['EIO', /read error/],
])('%s of a file that is read', (code, reason) => {
  const error = asReadError(failure(code), join(folder, 'a\nb'));
  expect(error).toMatchObject({ code: 'input-unreadable', reason: expect.stringMatching(reason) });
  expect(error.message).toContain(`cannot read ${folder}/a\\nb`);
  const unknown = failure('EWEIRD');
  expect(asReadError(unknown, folder)).toBe(unknown);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

async function withDisk(options: string, use: (disk: string) => Promise<void>, skip: () => void): Promise<void> {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return skip();
  }
  try {
    await use(disk);
  } finally {
    execFileSync('umount', [disk]);
  }
}

test.skipIf(!canMount)('a full disk says how much is left', async (context) => {
  await withDisk(
    'size=1m',
    async (disk) => {
      expect(await freeBytes(join(disk, 'not/yet/there'))).toBe(1 << 20);
      const error: unknown = await writeFile(join(disk, 'big'), Buffer.alloc(2 << 20)).catch(
        (thrown: unknown) => thrown,
      );
      await rm(join(disk, 'big'));
      await writeFile(join(disk, 'some'), Buffer.alloc(512 * 1024));
      expect(asWriteError(error, join(disk, 'big'))).toMatchObject({
        code: 'disk-full',
        exitCode: 6,
        reason: '0.5 MB left on its disk',
        hint: expect.stringContaining('keeps what is finished'),
      });
    },
    context.skip,
  );
});

test.skipIf(!canMount)('a disk that takes no more files says so', async (context) => {
  await withDisk(
    'size=1m,nr_inodes=3',
    async (disk) => {
      let error: unknown;
      for (let index = 0; index < 5; index++) {
        error ??= await writeFile(join(disk, String(index)), '').then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      }
      expect(asWriteError(error, disk)).toMatchObject({ reason: expect.stringContaining('no inodes') });
    },
    context.skip,
  );
});
