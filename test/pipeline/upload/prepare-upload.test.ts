import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stageTitle, stageWithJournals } from '../../../fixtures/numbered-title.js';
import type { TitleRecord } from '../../../src/model/artifact.js';
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

const { signal } = new AbortController();

interface Staged {
  readonly record: TitleRecord;
  /** The folder that it is in. */
  readonly title: string;
  readonly files: readonly ChecksummedFile[];
}

async function staged(version: number): Promise<Staged> {
  const title = join(folder, String(version));
  const { artifacts, record } = stageTitle(title, version);
  return { record, title, files: await checksumFiles(artifacts, signal) };
}

async function prepare(
  record: TitleRecord,
  title: string,
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
  return prepareUpload(record, { folder: title, destination, snapshot: await storage.snapshot(), signal, ledger });
}

/** Publishes it as an upload does. */
async function publish({ artifacts, record }: PreparedUpload): Promise<void> {
  for (const { path, file, class: kind } of artifacts.files) await storage.put(path, file, kind);
  for await (const { path, file, class: kind } of artifacts.segments()) await storage.put(path, file, kind);
  await storage.write('mediactl.json', recordText(record), 'record');
}

test('the record gets the checksums of the files, and nothing is written', async () => {
  const { record, title, files } = await staged(7);
  const prepared = await prepare(record, title);
  const sums = new Map(files.map(({ path, crc32c }) => [path, crc32c]));
  expect(prepared.record.files).toEqual(record.files.map((file) => ({ ...file, crc32c: sums.get(file.path) })));
  expect(prepared.artifacts.files.map(({ path, class: kind }) => `${kind} ${path}`)).toContain(
    'multivariant-playlist master.m3u8',
  );
  expect(prepared).toMatchObject({ previous: null, isThere: false });
  expect([...prepared.shared.expected]).toEqual([
    ['master.m3u8', null],
    ['cmaf.m3u8', null],
    ['manifest.mpd', null],
    ['clearkey.mpd', null],
    ['mediactl.json', null],
  ]);
  expect(storage.log).toEqual([]);
});

describe('a title that is not whole', () => {
  test('lacks a file', async () => {
    const { record, title, files } = await staged(7);
    await rm(files[0]!.file);
    await expect(prepare(record, title)).rejects.toMatchObject({
      code: 'verify-failed',
      reason: `${files[0]?.path} is missing`,
    });
  });

  test('has a file of another size', async () => {
    const { record, title, files } = await staged(7);
    await writeFile(files[0]!.file, 'x');
    await expect(prepare(record, title)).rejects.toMatchObject({
      code: 'verify-failed',
      reason: expect.stringContaining('has 1 bytes instead of'),
    });
  });
});

describe('a title whose segments are in its journals', () => {
  const segment = '720p-00000007/00002.ts';
  const inJournals = (sums: boolean): { readonly record: TitleRecord; readonly title: string } => {
    const title = join(folder, '7');
    return { record: stageWithJournals(title, 7, { sums }).record, title };
  };

  test.each([true, false])('is sent with the checksums of all (in its journals: %s)', async (sums) => {
    const { record, title } = inJournals(sums);
    const prepared = await prepare(record, title);
    await publish(prepared);
    const sent = await storage.stat(segment);
    const listed = [];
    for await (const artifact of prepared.artifacts.segments()) listed.push(artifact);
    expect(listed.find(({ path }) => path === segment)).toMatchObject({ class: 'segment', crc32c: sent?.crc32c });
    expect(listed).toHaveLength(12);
    expect(prepared.record.renditions.every(({ journal }) => journal?.crc32c !== undefined)).toBe(true);
    expect((await prepare(record, title)).isThere).toBe(true);
  });

  test.each([
    ['lacks a segment', async (file: string) => rm(file), 'is missing'],
    ['has a segment of another size', async (file: string) => writeFile(file, 'x'), 'has 1 bytes instead of'],
    [
      'has other bytes in one than were encoded',
      async (file: string) => writeFile(file, 'x'.repeat((await stat(file)).size)),
      'differs from what was encoded',
    ],
  ])('is not whole when it %s', async (_, change, reason) => {
    const { record, title } = inJournals(true);
    await change(join(title, segment));
    await expect(prepare(record, title)).rejects.toMatchObject({
      code: 'verify-failed',
      reason: expect.stringContaining(`${segment} ${reason}`),
    });
  });

  test('is not whole when a journal lists other segments than it did', async () => {
    const { record, title } = inJournals(true);
    const journal = join(title, '720p-00000007/segments.ndjson');
    const [first = '', ...lines] = (await readFile(journal, 'utf8')).split('\n');
    await writeFile(journal, [first.replace('{"file', '{"elif'), ...lines].join('\n'));
    await expect(prepare(record, title)).rejects.toMatchObject({ code: 'verify-failed' });
  });
});

test('what is there already is known as such, until one object is another', async () => {
  const { record, title, files } = await staged(7);
  await publish(await prepare(record, title));
  const again = await prepare(record, title);
  expect(again.isThere).toBe(true);
  expect(again.previous?.planKey).toBe(record.planKey);
  const master = await storage.stat('master.m3u8');
  expect(again.shared.expected.get('master.m3u8')).toBe(master?.generation);

  await storage.write(files[0]!.path, Buffer.from('x'.repeat(files[0]!.bytes)), 'segment');
  expect((await prepare(record, title)).isThere).toBe(false);
});

test('older versions stay as long as the place says; what the folder kept is not part of it', async () => {
  const first = await staged(7);
  await publish(await prepare(first.record, first.title));
  const second = await staged(8);
  const kept = [{ finishedAt: second.record.finishedAt, files: [{ path: 'folder/only.ts', bytes: 1 }], journals: [] }];
  expect((await prepare({ ...second.record, kept }, second.title)).record.kept).toBeUndefined();
  const { record, previous } = await prepare({ ...second.record, kept }, second.title, { keepVersions: 1 });
  expect(previous?.planKey).toBe('key 7');
  expect(record.kept?.map(({ files }) => files.map(({ path }) => path))).toEqual([
    first.record.files.map(({ path }) => path).filter((path) => path !== 'master.m3u8'),
  ]);
});

test('what earlier runs have brought is known as ours, and so are the bytes that are to be brought', async () => {
  const { record, title, files } = await staged(7);
  const ledger = await openLedger(folder);
  await ledger.recordIntent('old/0.ts', { bytes: 1, crc32c: 'AAAAAA==' });
  const plain = await prepare(record, title);
  expect(plain.shared.isOurs('old/0.ts', 'AAAAAA==')).toBe(false);
  expect(plain.shared.isOurs(files[0]!.path, files[0]!.crc32c)).toBe(true);
  expect(plain.shared.isOurs(files[0]!.path, 'AAAAAA==')).toBe(false);
  expect(plain.shared.isOurs(files[0]!.path, null)).toBe(false);

  const { shared } = await prepare(record, title, { ledger });
  expect(shared.isOurs('old/0.ts', 'AAAAAA==')).toBe(true);
  await shared.recordIntent('new/0.ts', { bytes: 1, crc32c: 'BBBBBB==' });
  expect([...ledger.all()].map(({ path }) => path)).toEqual(['new/0.ts', 'old/0.ts']);
  await ledger.close();
});

test('a record of somebody else is no title of ours', async () => {
  await storage.write('mediactl.json', Buffer.from('{"name": "x"}'), 'record');
  const { record, title } = await staged(7);
  expect((await prepare(record, title)).previous).toBeNull();
});
