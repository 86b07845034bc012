import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf, stageTitle } from '../../../fixtures/numbered-title.js';
import type { UploadedObject, UploadedObjects } from '../../../src/model/events.js';
import type { UploadReceipt } from '../../../src/model/receipt.js';
import { recordText } from '../../../src/model/title-record.js';
import { storedObject, uploadedObjects } from '../../../src/pipeline/delivery/result.js';
import { findLocal } from '../../../src/pipeline/upload/find-local.js';
import { crc32cOf } from '../../../src/storage/crc32c.js';
import { Listing } from '../../../src/storage/listing.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-local-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function object(path: string, content: string | Uint8Array): UploadedObject {
  const bytes = Buffer.from(content);
  const headers = { contentType: null, cacheControl: null, metadata: {} };
  return { path, bytes: bytes.length, crc32c: crc32cOf(bytes), generation: '1', ...headers };
}

function listed(objects: readonly UploadedObject[]): UploadedObjects {
  const listing = new Listing();
  for (const each of objects) listing.set(storedObject(each));
  return uploadedObjects(listing);
}

function receiptOf(objects: readonly UploadedObject[]): UploadReceipt {
  return { schema: 'mediactl.receipt/1', destination: 'gs://media/title', folder, objects: listed(objects) };
}

const inTitle = { receipt: receiptOf([]), isTitle: true };

test('a file with the bytes of the receipt is sent as what it is', async () => {
  await writeFile(join(folder, 'a.ts'), 'abc');
  const storage = new MemoryStorage();
  const found = await findLocal(folder, object('a.ts', 'abc'), inTitle);
  expect(found.class).toBe('segment');
  await found.bytes?.put(storage, { condition: 'absent' });
  expect(storage.log).toEqual(['put a.ts']);
  await expect(found.bytes?.put(storage, { condition: 'absent' })).rejects.toMatchObject({ code: 'storage-conflict' });
});

test.each([
  ['of another size', 'abcd'],
  ['of the same size', 'abd'],
])('another version %s is not', async (_, content) => {
  await writeFile(join(folder, 'a.ts'), content);
  expect(await findLocal(folder, object('a.ts', 'abc'), inTitle)).toMatchObject({
    bytes: null,
    why: expect.stringContaining('another version'),
  });
});

test('a link is not followed out of the folder', async () => {
  await writeFile(join(folder, 'b.ts'), 'abc');
  await symlink(join(folder, 'b.ts'), join(folder, 'a.ts'));
  expect(await findLocal(folder, object('a.ts', 'abc'), inTitle)).toMatchObject({ bytes: null });
});

test('without a folder the title was made on its way', async () => {
  expect(await findLocal(null, object('a/index.m3u8', 'abc'), inTitle)).toMatchObject({
    class: 'media-playlist',
    bytes: null,
    why: expect.stringContaining('encode the title again'),
  });
});

test('in a folder of another tool a playlist is what it says', async () => {
  const text = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n';
  await writeFile(join(folder, 'top.m3u8'), text);
  const kinds = [true, false].map(
    async (isTitle) => (await findLocal(folder, object('top.m3u8', text), { ...inTitle, isTitle })).class,
  );
  expect(await Promise.all(kinds)).toEqual(['media-playlist', 'multivariant-playlist']);
});

test('the record is sent as an upload writes it: with the checksums of the receipt, without older versions', async () => {
  const { artifacts } = stageTitle(folder, 7);
  const record = recordOf(artifacts, 7);
  await writeFile(
    join(folder, 'mediactl.json'),
    recordText({
      ...record,
      kept: [{ finishedAt: record.finishedAt, files: [{ path: 'old/0.ts', bytes: 1 }], journals: [] }],
    }),
  );
  const objects = record.files.map(({ path, bytes }) => ({ ...object(path, path), bytes }));
  const files = record.files.map((file) => ({ ...file, crc32c: crc32cOf(Buffer.from(file.path)) }));
  const uploaded = recordText({ ...record, schema: 'mediactl.title/2', files });
  const expected = object('mediactl.json', uploaded);

  const storage = new MemoryStorage();
  const found = await findLocal(folder, expected, { receipt: receiptOf([...objects, expected]), isTitle: true });
  await found.bytes?.put(storage, {});
  expect(await storage.read('mediactl.json')).toEqual(uploaded);

  const other = object('mediactl.json', recordText(recordOf(artifacts, 8)));
  expect(await findLocal(folder, other, { receipt: receiptOf([...objects, other]), isTitle: true })).toMatchObject({
    bytes: null,
    why: expect.stringContaining('another version'),
  });
});
