import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stageTitle } from '../../../fixtures/numbered-title.js';
import type { Artifact, TitleRecord } from '../../../src/model/artifact.js';
import { recordText } from '../../../src/model/title-record.js';
import { bucketPlace } from '../../../src/pipeline/delivery/bucket-place.js';
import { openLedger, type UploadLedger } from '../../../src/pipeline/delivery/upload-ledger.js';
import { silentMeter } from '../../../src/pipeline/delivery/upload-meter.js';
import { prepareUpload, type PreparedUpload } from '../../../src/pipeline/upload/prepare-upload.js';
import { checksumFiles, type ChecksummedFile } from '../../../src/pipeline/upload/tree.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

let folder = '';
let storage: MemoryStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prepare-'));
  storage = new MemoryStorage();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Staged {
  readonly record: TitleRecord;
  readonly artifacts: readonly Artifact[];
  readonly files: readonly ChecksummedFile[];
}

async function staged(version: number): Promise<Staged> {
  const { artifacts, record } = stageTitle(join(folder, String(version)), version);
  return { record, artifacts, files: await checksumFiles(artifacts, new AbortController().signal) };
}

async function prepare(
  record: TitleRecord,
  files: readonly ChecksummedFile[],
  { keepVersions = 0, ledger = null }: { readonly keepVersions?: number; readonly ledger?: UploadLedger | null } = {},
): Promise<PreparedUpload> {
  const destination = bucketPlace({
    storage,
    name: 'gs://media/title',
    url: 'https://storage.googleapis.com/media/title',
    folder,
    workFolder: join(folder, 'work'),
    keepVersions,
    meter: silentMeter,
    stop: () => {},
  });
  return prepareUpload(record, files, { folder, destination, there: await storage.snapshot(), ledger });
}

/** Publishes it as an upload does. */
async function publish({ artifacts, record }: PreparedUpload): Promise<void> {
  for (const { path, file, class: kind } of artifacts) await storage.put(path, file, kind);
  await storage.write('mediactl.json', recordText(record), 'record');
}

test('the record gets the checksums of the files, and nothing is written', async () => {
  const { record, files } = await staged(7);
  const prepared = await prepare(record, files);
  const sums = new Map(files.map(({ path, crc32c }) => [path, crc32c]));
  expect(prepared.record.files).toEqual(record.files.map((file) => ({ ...file, crc32c: sums.get(file.path) })));
  expect(prepared.artifacts.map(({ path, class: kind }) => `${kind} ${path}`)).toContain(
    'multivariant-playlist master.m3u8',
  );
  expect(prepared).toMatchObject({ previous: null, isThere: false });
  expect([...prepared.shared.expected]).toEqual([
    ['master.m3u8', null],
    ['mediactl.json', null],
  ]);
  expect(storage.log).toEqual([]);
});

describe('a title that is not whole', () => {
  test('lacks a file', async () => {
    const { record, files } = await staged(7);
    await expect(prepare(record, files.slice(1))).rejects.toMatchObject({
      code: 'verify-failed',
      reason: `${files[0]?.path} is missing`,
    });
  });

  test('has a file of another size', async () => {
    const { record, files } = await staged(7);
    const [first, ...others] = files;
    await expect(prepare(record, [{ ...first!, bytes: 1 }, ...others])).rejects.toMatchObject({
      code: 'verify-failed',
      reason: expect.stringContaining('has 1 bytes instead of'),
    });
  });
});

test('what is there already is known as such, until one object is another', async () => {
  const { record, files } = await staged(7);
  await publish(await prepare(record, files));
  const again = await prepare(record, files);
  expect(again.isThere).toBe(true);
  expect(again.previous?.planKey).toBe(record.planKey);
  const master = await storage.stat('master.m3u8');
  expect(again.shared.expected.get('master.m3u8')).toBe(master?.generation);

  await storage.write(files[0]!.path, Buffer.from('x'.repeat(files[0]!.bytes)), 'segment');
  expect((await prepare(record, files)).isThere).toBe(false);
});

test('older versions stay as long as the place says; what the folder kept is not part of it', async () => {
  const first = await staged(7);
  await publish(await prepare(first.record, first.files));
  const second = await staged(8);
  const kept = [{ finishedAt: second.record.finishedAt, files: [{ path: 'folder/only.ts', bytes: 1 }] }];
  expect((await prepare({ ...second.record, kept }, second.files)).record.kept).toBeUndefined();
  const { record, previous } = await prepare({ ...second.record, kept }, second.files, { keepVersions: 1 });
  expect(previous?.planKey).toBe('key 7');
  expect(record.kept?.map(({ files }) => files.map(({ path }) => path))).toEqual([
    first.record.files.map(({ path }) => path).filter((path) => path !== 'master.m3u8'),
  ]);
});

test('what earlier runs have brought is known as ours, and so are the bytes that are to be brought', async () => {
  const { record, files } = await staged(7);
  const ledger = await openLedger(folder);
  await ledger.announce('old/0.ts', { bytes: 1, crc32c: 'AAAAAA==' });
  const plain = await prepare(record, files);
  expect(plain.shared.knows('old/0.ts', 'AAAAAA==')).toBe(false);
  expect(plain.shared.knows(files[0]!.path, files[0]!.crc32c)).toBe(true);
  expect(plain.shared.knows(files[0]!.path, 'AAAAAA==')).toBe(false);
  expect(plain.shared.knows(files[0]!.path, null)).toBe(false);

  const { shared } = await prepare(record, files, { ledger });
  expect(shared.knows('old/0.ts', 'AAAAAA==')).toBe(true);
  await shared.announce('new/0.ts', { bytes: 1, crc32c: 'BBBBBB==' });
  expect([...ledger.all().keys()]).toEqual(['old/0.ts', 'new/0.ts']);
  await ledger.close();
});

test('a record of somebody else is no title of ours', async () => {
  await storage.write('mediactl.json', Buffer.from('{"name": "x"}'), 'record');
  const { record, files } = await staged(7);
  expect((await prepare(record, files)).previous).toBeNull();
});
