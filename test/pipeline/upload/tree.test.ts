import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checksumFiles, readTree, sumPresent } from '../../../src/pipeline/upload/tree.js';
import { walkTree, WENT_AWAY, type LostFile } from '../../../src/pipeline/upload/walk-tree.js';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

const { signal } = new AbortController();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tree-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function make(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

describe('the files of a folder', () => {
  test('each with its size and what it is: playlists by what they say', async () => {
    await make({
      'all.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n',
      'iframes-only.m3u8': '#EXTM3U\n#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI="i.m3u8"\n',
      'ended/index.m3u8': '#EXTM3U\n#EXTINF:2,\na.ts\n#EXT-X-ENDLIST\r\n',
      'live/index.m3u8': '#EXTM3U\n#EXTINF:2,\na.ts\n# EXT-X-ENDLIST is not here\n',
      'ended/00000.ts': 'abc',
    });
    const { files, skipped } = await readTree(folder, signal);
    expect(files.map(({ path, class: kind }) => [path, kind])).toEqual([
      ['all.m3u8', 'multivariant-playlist'],
      ['ended/00000.ts', 'segment'],
      ['ended/index.m3u8', 'media-playlist'],
      ['iframes-only.m3u8', 'multivariant-playlist'],
      ['live/index.m3u8', 'live-playlist'],
    ]);
    expect(files[1]).toMatchObject({ bytes: 3, file: join(folder, 'ended/00000.ts') });
    expect(skipped).toEqual([]);
  });

  test('but not what is hidden or a receipt, nor, each with its reason, what cannot be uploaded', async () => {
    await make({ 'a.ts': 'a', '.hidden': 'b', '.git/config': 'c', 'movie.receipt.json': 'd', 'bad\nname.ts': 'e' });
    await symlink(join(folder, 'a.ts'), join(folder, 'link.ts'));
    await symlink('.', join(folder, 'round'));
    await promisify(execFile)('mkfifo', [join(folder, 'pipe.ts')]);
    const latin = (name: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
    await mkdir(latin('stück'));
    await writeFile(latin('stück/a.ts'), 'x');
    await writeFile(latin('é.ts'), 'x');
    const { files, skipped, lost } = await readTree(folder, signal);
    expect(files.map(({ path }) => path)).toEqual(['a.ts']);
    expect([...skipped].toSorted()).toEqual(['.git', '.hidden', 'movie.receipt.json']);
    expect(Object.fromEntries(lost.map(({ path, why }) => [path, why]))).toEqual({
      'bad\nname.ts': 'no object can have its name',
      'link.ts': 'it is a symbolic link',
      round: 'it is a symbolic link',
      'pipe.ts': 'it is neither a file nor a folder',
      'st\\xfcck': 'its name is not UTF-8',
      '\\xe9.ts': 'its name is not UTF-8',
    });
  });

  test('but not what went away between', async () => {
    const left = { skipped: [], lost: [] as LostFile[] };
    await make({ 'a/1.ts': 'a', 'b/1.ts': 'b', 'c/1.ts': 'c' });
    const found: string[] = [];
    for await (const path of walkTree(folder, left)) {
      found.push(path);
      await rm(join(folder, 'b'), { recursive: true, force: true });
    }
    expect(found).toEqual(['a/1.ts', 'c/1.ts']);
    expect(left.lost).toEqual([{ path: 'b/', why: WENT_AWAY }]);
  });

  test('in the same order, however many are read at the same time', async () => {
    const paths = Array.from({ length: 60 }, (_, i) => `${String(i).padStart(3, '0')}.ts`);
    await make(Object.fromEntries(paths.map((path, i) => [path, 'x'.repeat((i * 7919) % 5000)])));
    const { files } = await readTree(folder, signal);
    expect(files.map(({ path }) => path)).toEqual(paths);
    const summed = await checksumFiles(files, signal);
    expect(summed.map(({ path }) => path)).toEqual(paths);
    expect(summed[7]).toMatchObject({
      bytes: (7 * 7919) % 5000,
      crc32c: crc32cOf(Buffer.alloc((7 * 7919) % 5000, 'x')),
    });
  });

  test('are none where there is no folder', async () => {
    await make({ 'a.ts': 'a' });
    for (const path of ['none', 'a.ts', 'a.ts/b']) {
      await expect(readTree(join(folder, path), signal)).rejects.toMatchObject({ name: 'MediactlError' });
    }
    await expect(readTree(join(folder, 'none'), signal)).rejects.toMatchObject({ code: 'input-not-found' });
  });

  test('are not read on once the run is to end', async () => {
    await make({ 'a.ts': 'a' });
    await expect(readTree(folder, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

test('a file that goes before it is summed is unreadable', async () => {
  await make({ 'a.ts': 'a' });
  const { files } = await readTree(folder, signal);
  await rm(join(folder, 'a.ts'));
  await expect(checksumFiles(files, signal)).rejects.toMatchObject({ code: 'input-unreadable' });
});

test('only what is there in the same size is summed', async () => {
  await make({ same: 'abc', longer: 'abcd', absent: 'abc' });
  const storage = new MemoryStorage();
  await storage.write('same', Buffer.from('xyz'), 'other');
  await storage.write('longer', Buffer.from('xyz'), 'other');
  const { files } = await readTree(folder, signal);
  const found = await sumPresent(files, await storage.snapshot(), signal);
  expect(found.map((file) => [file.path, 'crc32c' in file ? file.crc32c : null])).toEqual([
    ['absent', null],
    ['longer', null],
    ['same', crc32cOf(Buffer.from('abc'))],
  ]);
});
