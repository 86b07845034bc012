import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { UploadReceipt } from '../../../src/model/receipt.js';
import { uploadedObjects } from '../../../src/pipeline/delivery/result.js';
import { compareWithReceipt } from '../../../src/pipeline/upload/check-upload.js';
import { repairUpload, type Repaired } from '../../../src/pipeline/upload/repair-upload.js';
import { readTree } from '../../../src/pipeline/upload/tree.js';
import { Listing } from '../../../src/storage/listing.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

const { signal } = new AbortController();
const FILES = {
  'master.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na/index.m3u8\n',
  'a/index.m3u8': '#EXTM3U\n#EXTINF:2,\n00000.ts\n#EXT-X-ENDLIST\n',
  'a/00000.ts': 'first',
  'a/00001.ts': 'second',
};
let folder = '';
let storage: MemoryStorage;
let receipt: UploadReceipt;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repair-'));
  storage = new MemoryStorage();
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  const objects = new Listing();
  for (const { path, file, class: kind } of (await readTree(folder, signal)).files) {
    objects.set(await storage.put(path, file, kind));
  }
  receipt = {
    schema: 'mediactl.receipt/1',
    destination: 'gs://media/title',
    folder,
    objects: uploadedObjects(objects),
  };
  storage.log.length = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function repair(changes: { readonly force?: boolean; readonly folder?: string | null } = {}): Promise<Repaired> {
  const differences = await compareWithReceipt(receipt, await storage.snapshot());
  return repairUpload(differences, { receipt, storage, folder, force: false, signal, ...changes });
}

async function text(path: string): Promise<string> {
  return Buffer.from((await storage.read(path)) ?? []).toString();
}

test('what is right is left alone', async () => {
  const { left, receipt: after, now } = await repair();
  expect(storage.log).toEqual([]);
  expect(left.size).toBe(0);
  expect(now.differences).toEqual([]);
  expect(JSON.stringify(after)).toEqual(JSON.stringify(receipt));
});

test('what is missing is sent again, what refers to others last, and the receipt has it', async () => {
  for (const path of Object.keys(FILES)) await storage.remove(path);
  storage.log.length = 0;
  const { left, receipt: after, now } = await repair();
  expect(left.size).toBe(0);
  expect(now.differences).toEqual([]);
  expect(storage.log.slice(0, 2).toSorted()).toEqual(['put a/00000.ts', 'put a/00001.ts']);
  expect(storage.log.slice(2)).toEqual(['put a/index.m3u8', 'put master.m3u8']);
  expect((await compareWithReceipt(after, await storage.snapshot())).differences).toEqual([]);
});

test('headers are given back without sending anything', async () => {
  const found = await storage.stat('a/00000.ts');
  await storage.patch(found!, { contentType: 'text/plain', cacheControl: null, metadata: { a: 'b' } });
  storage.log.length = 0;
  const { now } = await repair();
  expect(storage.log).toEqual(['patch a/00000.ts']);
  expect(now.differences).toEqual([]);
  expect((await storage.stat('a/00000.ts'))?.headers).toMatchObject({ contentType: 'video/mp2t', metadata: {} });
});

describe('what is newer than the receipt', () => {
  beforeEach(async () => {
    await storage.write('a/00001.ts', Buffer.from('theirs'), 'segment');
    storage.log.length = 0;
  });

  test('stays, and so does what refers to it', async () => {
    await storage.remove('master.m3u8');
    await storage.remove('a/00000.ts');
    const { left } = await repair();
    expect(left.get('a/00001.ts')).toContain('--force');
    expect(left.get('master.m3u8')).toBe('what it refers to is incomplete');
    expect(await text('a/00001.ts')).toBe('theirs');
    expect(await text('a/00000.ts')).toBe('first');
    expect(await storage.stat('master.m3u8')).toBeNull();
  });

  test('is replaced with --force', async () => {
    const { left, now } = await repair({ force: true });
    expect(left.size).toBe(0);
    expect(now.differences).toEqual([]);
    expect(await text('a/00001.ts')).toBe('second');
  });
});

describe('what cannot be mended is said, and why', () => {
  const whyNot = async (path: string, changes: Parameters<typeof repair>[0] = {}): Promise<string | undefined> => {
    const { left, receipt: after, now } = await repair(changes);
    expect(now.differences.map((difference) => difference.path)).toContain(path);
    // A receipt says what was, of what is not right.
    expect(after.objects.find(path)).toEqual(receipt.objects.find(path));
    return left.get(path);
  };
  beforeEach(() => storage.remove('a/00000.ts'));

  test('no folder is known', async () => {
    expect(await whyNot('a/00000.ts', { folder: null })).toContain('encode the title again');
  });

  test('the folder does not have it', async () => {
    await rm(join(folder, 'a/00000.ts'));
    expect(await whyNot('a/00000.ts')).toContain('does not have it');
  });

  test('the folder has other bytes', async () => {
    await writeFile(join(folder, 'a/00000.ts'), 'First');
    expect(await whyNot('a/00000.ts')).toContain('another version');
    expect(storage.log).not.toContain('put a/00000.ts');
  });

  test('somebody writes it in that moment', async () => {
    storage.beforeWrite = async (path) => {
      storage.beforeWrite = () => {};
      await storage.write(path, Buffer.from('theirs'), 'segment');
    };
    expect(await whyNot('a/00000.ts')).toBe('someone else wrote it in the meantime');
    expect(await text('a/00000.ts')).toBe('theirs');
  });
});

test('another error than a conflict ends it', async () => {
  await storage.remove('a/00000.ts');
  storage.beforeWrite = () => {
    throw new Error('no network');
  };
  await expect(repair()).rejects.toThrow('no network');
});
