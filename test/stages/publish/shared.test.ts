import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allListed, stageTitle } from '../../../fixtures/numbered-title.js';
import type { Artifact, TitleRecord } from '../../../src/model/artifact.js';
import { publish, type Receipt } from '../../../src/stages/publish/publish.js';
import { crc32cOfFile } from '../../../src/storage/crc32c.js';
import type { Stored } from '../../../src/storage/storage.js';
import { useBucket } from '../../storage/gcs/bucket.js';

/** Publishing where no lock keeps others out. */

const bucket = useBucket();

interface Options {
  readonly previous: TitleRecord | null;
  readonly onStored?: (stored: Stored) => void;
}

async function publishVersion(
  version: number,
  { previous, onStored }: Options,
): Promise<Receipt & { record: TitleRecord }> {
  const staged = stageTitle(join(bucket.folder, String(version)), version, { shared: true });
  const artifacts: Artifact[] = [];
  for (const artifact of staged.artifacts) {
    artifacts.push({ ...artifact, crc32c: (await crc32cOfFile(artifact.file)).crc32c });
  }
  const storage = bucket.open();
  const snapshot = await storage.snapshot();
  const names = ['master.m3u8', 'mediactl.json'];
  const generations = names.map(async (path) => [path, (await snapshot.get(path))?.generation ?? null] as const);
  const shared = {
    expected: new Map(await Promise.all(generations)),
    ownUploads: () => [],
    isOurs: () => false,
    recordIntent: () => Promise.resolve(),
    ...(onStored ? { onStored } : {}),
  };
  return {
    ...(await publish(allListed(artifacts), storage, { previous, record: staged.record, shared })),
    record: staged.record,
  };
}

const names = async (): Promise<unknown[]> => (await bucket.control.objects('media')).map(({ name }) => name);

test('what was found there and is taken away meanwhile is noticed before the switch', async () => {
  const { record } = await publishVersion(1, { previous: null });
  const master = await bucket.open().stat('master.m3u8');
  let gone = Promise.resolve();
  // Another publisher, for whom it is part of an old version.
  const onStored = ({ path }: Stored): void => {
    if (path === 'audio-en-aaaaaaaa/00001.ts') gone = bucket.open().remove(path);
  };
  const second = publishVersion(2, { previous: record, onStored });
  await expect(second).rejects.toMatchObject({
    code: 'storage-conflict',
    reason: expect.stringContaining('not replaced'),
  });
  await gone;
  expect(await bucket.open().stat('master.m3u8')).toEqual(master);
  const third = await publishVersion(2, { previous: record });
  expect(third.reused).toBeGreaterThan(0);
  expect(await names()).toContain('t/audio-en-aaaaaaaa/00001.ts');
});

test('the record of a bucket names what is removed after it, and only what was there', async () => {
  const { record } = await publishVersion(1, { previous: null });
  const { removed } = await publishVersion(2, { previous: record });
  const written = JSON.parse(Buffer.from((await bucket.open().read('mediactl.json')) ?? '').toString());
  expect(written.removing.files.length).toBe(removed);
  expect(removed).toBeGreaterThan(5);
  await publishVersion(3, { previous: written });
  const next = JSON.parse(Buffer.from((await bucket.open().read('mediactl.json')) ?? '').toString());
  const paths = next.removing.files.map(({ path }: { path: string }) => path);
  expect(paths.filter((path: string) => path.includes('00000001'))).toEqual([]);
});
