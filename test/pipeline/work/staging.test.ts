import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from '../../../src/pipeline/work/lock.js';
import { findStaging, prepareStaging, stagingName } from '../../../src/pipeline/work/staging.js';

const DIST = new URL('../../../dist', import.meta.url).href;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-staging-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('work happens beside the destination, which is not made yet', async () => {
  const staging = await prepareStaging(join(folder, 'movie'));
  expect(staging).toMatchObject({ destination: join(folder, 'movie'), folder: join(folder, '.movie.mediactl') });
  expect(await readdir(folder)).toEqual(['.movie.mediactl']);
  await staging.close();
  expect(await readdir(folder)).toEqual([]);
});

test('missing parents are made, and go again when the run came to nothing', async () => {
  const staging = await prepareStaging(join(folder, 'a/b/movie'));
  const lock = await acquireLock(staging.folder, { command: 'test' });
  await mkdir(join(staging.folder, 'journal'));
  await mkdir(join(staging.folder, '720p-1a2b3c4d'));
  await staging.removeEmptyFolders();
  await lock.release();
  await staging.close();
  expect(await readdir(folder)).toEqual([]);
});

test('removeEmptyFolders and close leave work that can be resumed; parents with other things in them stay', async () => {
  const staging = await prepareStaging(join(folder, 'a/movie'));
  await mkdir(join(staging.folder, '720p-1a2b3c4d'));
  await writeFile(join(staging.folder, '720p-1a2b3c4d/00000.ts'), 'x');
  await staging.removeEmptyFolders();
  await staging.close();
  expect(await readdir(join(staging.folder, '720p-1a2b3c4d'))).toEqual(['00000.ts']);
  const again = await prepareStaging(join(folder, 'a/movie'));
  await writeFile(join(folder, 'a/mine'), '');
  await again.remove();
  await again.close();
  expect(await readdir(join(folder, 'a'))).toEqual(['mine']);
});

test('remove leaves the lock, and never follows a link', async () => {
  const outside = join(folder, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'precious'), '');
  const staging = await prepareStaging(join(folder, 'movie'));
  const lock = await acquireLock(staging.folder, { command: 'test' });
  await symlink(outside, join(staging.folder, '720p-1a2b3c4d'));
  await staging.remove();
  expect(await readdir(staging.folder)).toEqual(['lock']);
  await lock.release();
  await staging.close();
  expect(await readdir(folder)).toEqual(['outside']);
  expect(await readdir(outside)).toEqual(['precious']);
});

test('at the end work of other renditions stays, with what was noted of the source', async () => {
  const { folder: work, hasBegun, othersBegun, removeWork } = await prepareStaging(join(folder, 'movie'));
  const fill = async (...names: readonly string[]): Promise<void> => {
    await mkdir(join(work, 'journal'), { recursive: true });
    for (const name of names) {
      await mkdir(join(work, name), { recursive: true });
      await mkdir(join(work, 'journal', name), { recursive: true });
      await writeFile(join(work, 'journal', `${name}.ndjson`), '');
    }
    for (const name of ['lock', 'damage.json', 'source']) await writeFile(join(work, name), '');
  };
  await fill('720p-11111111', '480p-22222222', 'audio-en-33333333');
  expect(await hasBegun(['360p-44444444', '480p-22222222'])).toBe(true);
  // Not what another of the same name supersedes.
  expect([...(await othersBegun(['720p-99999999', 'audio-en-33333333']))]).toEqual(['480p-22222222']);
  await writeFile(join(work, 'uploads.ndjson'), '');
  expect(await removeWork(['720p-11111111', 'audio-en-33333333'])).toBe(true);
  expect(await readdir(work)).toEqual(['480p-22222222', 'damage.json', 'journal', 'lock', 'uploads.ndjson']);
  expect(await readdir(join(work, 'journal'))).toEqual(['480p-22222222', '480p-22222222.ndjson']);
  expect(await hasBegun(['720p-11111111'])).toBe(false);

  await fill('480p-22222222');
  expect(await removeWork(['480p-22222222'], ['source'])).toBe(false);
  expect(await readdir(work)).toEqual(['lock', 'source']);
});

test('finding makes nothing, and throws what preparing would', async () => {
  expect(await findStaging(join(folder, 'a/movie'))).toEqual({ folder: join(folder, 'a/.movie.mediactl'), rivals: [] });
  await writeFile(join(folder, 'file'), '');
  await expect(findStaging(join(folder, 'file'))).rejects.toMatchObject({ code: 'output-not-a-folder' });
  expect(await readdir(folder)).toEqual(['file']);
});

test.each([
  ['a file', async (path: string) => writeFile(path, 'x'), 'it is a file'],
  ['a link to nothing', async (path: string) => symlink('nowhere', path), 'does not exist'],
])('%s is not a folder', async (_, make, reason) => {
  await make(join(folder, 'movie'));
  const before = await readdir(folder);
  await expect(prepareStaging(join(folder, 'movie'))).rejects.toMatchObject({
    code: 'output-not-a-folder',
    reason: expect.stringContaining(reason),
  });
  expect(await readdir(folder)).toEqual(before);
});

test('a file among the parents is named', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(prepareStaging(join(folder, 'file/a/movie'))).rejects.toMatchObject({
    code: 'output-not-a-folder',
    reason: `${join(folder, 'file')} is a file`,
  });
});

test('a linked destination is worked on where it really is', async () => {
  await mkdir(join(folder, 'disk/movie'), { recursive: true });
  await symlink(join(folder, 'disk/movie'), join(folder, 'link'));
  const staging = await prepareStaging(join(folder, 'link'));
  expect(staging.destination).toBe(join(folder, 'link'));
  expect(await readdir(join(folder, 'disk'))).toContain('.movie.mediactl');
});

test('a working folder that is a link is refused', async () => {
  await mkdir(join(folder, 'precious'));
  await symlink(join(folder, 'precious'), join(folder, '.movie.mediactl'));
  await expect(prepareStaging(join(folder, 'movie'))).rejects.toMatchObject({ code: 'output-not-writable' });
});

test.each(['-rf', 'a\nb', 'ünïcödé 日本', ' ', '...', "it's", '#1', 'x'.repeat(255), '日'.repeat(85), '🎬'.repeat(63)])(
  'a destination of any name: %j',
  async (name) => {
    expect(Buffer.byteLength(stagingName(name))).toBeLessThanOrEqual(255);
    expect(stagingName(name)).not.toMatch(/\p{Surrogate}/u);
    const staging = await prepareStaging(join(folder, name));
    expect((await stat(staging.folder)).isDirectory()).toBe(true);
    await staging.close();
    expect(await readdir(folder)).toEqual([]);
  },
);

test('long names that begin alike do not share a working folder; impossible ones are clear errors', async () => {
  expect(stagingName(`${'x'.repeat(254)}a`)).not.toBe(stagingName(`${'x'.repeat(254)}b`));
  await expect(prepareStaging(join(folder, 'x'.repeat(256)))).rejects.toMatchObject({ code: 'output-not-writable' });
  await expect(prepareStaging(join(folder, 'a\0b'))).rejects.toMatchObject({ code: 'usage' });
});

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;

/** As a user without rights: root may write anywhere. */
function asNobody(destination: string): { folder?: string; code?: string; message?: string; reason?: string } {
  const script = `
    const { prepareStaging } = await import(process.env.DIST + '/pipeline/work/staging.js');
    const result = await prepareStaging(process.argv[2]).then(({ folder, rivals }) => ({ folder, rivals }),
      ({ code, message, reason }) => ({ code, message, reason }));
    console.log(JSON.stringify(result));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-', destination], {
    input: script,
    env: { DIST },
    cwd: '/',
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  return JSON.parse(stdout.toString());
}

async function ownedByNobody(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  if (isRoot) await chown(path, NOBODY, NOBODY);
}

test('in a parent that is not writable, work happens inside the destination', async () => {
  await chmod(folder, 0o755);
  await ownedByNobody(join(folder, 'movie'));
  await chmod(folder, 0o555);
  expect(asNobody(join(folder, 'movie'))).toEqual({
    folder: join(folder, 'movie/.mediactl'),
    rivals: [join(folder, '.movie.mediactl')],
  });
  await chmod(folder, 0o755);
});

test('no permission is a clear error, and nothing is made', async () => {
  await chmod(folder, 0o755);
  await ownedByNobody(join(folder, 'parent'));
  await ownedByNobody(join(folder, 'parent/movie'));
  await chmod(join(folder, 'parent/movie'), 0o555);
  expect(asNobody(join(folder, 'parent/movie'))).toMatchObject({ code: 'output-not-writable' });
  await chmod(join(folder, 'parent'), 0o555);
  for (const name of ['new', 'new/deep/movie']) {
    const { code, message } = asNobody(join(folder, 'parent', name));
    expect([code, message]).toEqual(['output-not-writable', `cannot write to ${join(folder, 'parent')}`]);
  }
  expect(await readdir(join(folder, 'parent'))).toEqual(['movie']);
  await chmod(join(folder, 'parent'), 0o755);
  await chmod(join(folder, 'parent/movie'), 0o755);
});

test.skipIf(process.platform !== 'linux' || !isRoot)(
  'a destination that is a disk of its own is worked on inside',
  async (context) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return context.skip();
    }
    try {
      expect((await prepareStaging(disk)).folder).toBe(join(disk, '.mediactl'));
      expect(await readdir(folder)).toEqual(['disk']);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expect(prepareStaging(join(disk, 'a/movie'))).rejects.toMatchObject({
        code: 'output-not-writable',
        reason: 'its file system is read-only',
      });
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);
