import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LocalStorage } from '../../src/storage/local.js';
import { storageContract } from './contract.js';

storageContract('a folder', {
  open: (folder) => new LocalStorage(join(folder, 'title')),
  async openBroken(folder) {
    await writeFile(join(folder, 'file'), 'in the way');
    return new LocalStorage(join(folder, 'file/title'));
  },
  brokenCode: 'output-not-writable',
});

let folder: string;
let root: string;
let storage: LocalStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-local-'));
  root = join(folder, 'title');
  storage = new LocalStorage(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function stagedFile(content: string, where = folder): Promise<string> {
  const file = join(where, 'staged');
  await writeFile(file, content);
  return file;
}

test('put moves the file, and nothing temporary stays', async () => {
  const file = await stagedFile('abc');
  const { ino } = await stat(file);
  await storage.put('a/b', file);
  await storage.write('c', new Uint8Array(3));
  expect((await stat(join(root, 'a/b'))).ino).toBe(ino);
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(['title', 'title/a', 'title/a/b', 'title/c']);
});

test('nothing is made before the first put', async () => {
  await storage.stat('a');
  await storage.remove('a/b');
  await storage.flush();
  expect(await readdir(folder)).toEqual([]);
});

test('a linked folder inside the title leads nowhere', async () => {
  const outside = join(folder, 'outside');
  await mkdir(outside);
  await mkdir(root);
  await writeFile(join(outside, 'precious'), 'x');
  await symlink(outside, join(root, '720p-1a2b3c4d'));
  expect(await storage.stat('720p-1a2b3c4d/precious')).toBeNull();
  expect(await storage.read('720p-1a2b3c4d/precious')).toBeNull();
  await storage.remove('720p-1a2b3c4d/precious');
  for await (const { path } of storage.list('')) expect.unreachable(path);
  for await (const { path } of storage.list('720p-1a2b3c4d/')) expect.unreachable(path);
  const put = storage.put('720p-1a2b3c4d/sub/00000.ts', await stagedFile('abc'));
  await expect(put).rejects.toMatchObject({ code: 'output-not-writable' });
  expect(await readdir(outside)).toEqual(['precious']);
});

test.each([
  ['name that is too long', 'x'.repeat(300)],
  ['file where a folder should be', 'file/below'],
])('a %s is said with a code', async (_what, path) => {
  await storage.write('file', new Uint8Array(1));
  const file = await stagedFile('abc');
  for (const write of [() => storage.put(path, file), () => storage.write(path, new Uint8Array(1))]) {
    await expect(write()).rejects.toMatchObject({ name: 'MediactlError', code: 'output-not-writable' });
  }
});

test('a folder of the title that cannot be read is said with a code', async () => {
  await symlink('title', root);
  const all = async (): Promise<void> => {
    for await (const { path } of storage.list('')) expect.unreachable(path);
  };
  for (const read of [() => storage.stat('a'), () => storage.read('a'), () => storage.remove('a'), all]) {
    await expect(read()).rejects.toMatchObject({
      code: 'output-not-writable',
      reason: expect.stringMatching(/loop/),
    });
  }
});

test('a linked file is replaced, and its target is left alone', async () => {
  await mkdir(root);
  const target = join(folder, 'target');
  await writeFile(target, 'mine');
  await symlink(target, join(root, 'master.m3u8'));
  expect(await storage.stat('master.m3u8')).toBeNull();
  await storage.remove('master.m3u8');
  expect(await readlink(join(root, 'master.m3u8'))).toBe(target);
  await storage.write('master.m3u8', new Uint8Array(2));
  expect(await readFile(target, 'utf8')).toBe('mine');
  expect(await storage.stat('master.m3u8')).toMatchObject({ bytes: 2 });
});

test('the root may be a link to a folder', async () => {
  await mkdir(join(folder, 'real'));
  await symlink(join(folder, 'real'), root);
  await storage.put('a', await stagedFile('abc'));
  expect(await readdir(join(folder, 'real'))).toEqual(['a']);
});

test('work inside the destination is not part of the title', async () => {
  await mkdir(join(root, '.mediactl/720p-1a2b3c4d'), { recursive: true });
  await writeFile(join(root, '.mediactl/720p-1a2b3c4d/00000.ts'), 'x');
  await storage.put('a', await stagedFile('abc'));
  const paths: string[] = [];
  for await (const { path } of storage.list('')) paths.push(path);
  expect(paths).toEqual(['a']);
});

test('removing leaves no empty folders, and foreign files stay', async () => {
  for (const path of ['a/b/1', 'c/1']) await storage.put(path, await stagedFile('x'));
  await writeFile(join(root, 'c/notes.txt'), 'mine');
  await storage.remove('a/b/1');
  await storage.remove('c/1');
  expect(await readdir(root)).toEqual(['c']);
  expect(await readdir(join(root, 'c'))).toEqual(['notes.txt']);
});

const shm = await stat('/dev/shm').catch(() => null);
const otherDisk = shm !== null && shm.dev !== (await stat(tmpdir())).dev;

test.skipIf(!otherDisk)('from another disk the bytes are copied whole, then appear', async () => {
  const elsewhere = await mkdtemp('/dev/shm/mediactl-');
  try {
    const file = await stagedFile('x'.repeat(1_000_000), elsewhere);
    await mkdir(join(root, 'a'), { recursive: true });
    // A killed run left this.
    await writeFile(join(root, 'a/.b.mediactl-tmp'), 'half');
    await storage.put('a/b', file);
    expect(await storage.stat('a/b')).toMatchObject({ bytes: 1_000_000 });
    expect(await readdir(join(root, 'a'))).toEqual(['b']);
    expect(await readdir(elsewhere)).toEqual([]);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!canMount)('a disk that fills leaves the old bytes, and nothing half', async (context) => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return context.skip();
  }
  try {
    const small = new LocalStorage(join(disk, 'title'));
    await small.write('m', new TextEncoder().encode('old'));
    const big = await stagedFile('x'.repeat(1_000_000));
    await expect(small.put('m', big)).rejects.toMatchObject({ code: 'disk-full' });
    await expect(small.write('m', new Uint8Array(1_000_000))).rejects.toMatchObject({ code: 'disk-full' });
    expect(await readFile(join(disk, 'title/m'), 'utf8')).toBe('old');
    expect(await readdir(join(disk, 'title'))).toEqual(['m']);
    expect((await stat(big)).size).toBe(1_000_000);
  } finally {
    execFileSync('umount', [disk]);
  }
});
