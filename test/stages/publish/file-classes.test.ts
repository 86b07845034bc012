import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FILES_BY_CLASS } from '../../../fixtures/files-by-class.js';
import { allListed, recordOf } from '../../../fixtures/numbered-title.js';
import type { Artifact } from '../../../src/model/artifact.js';
import { FILE_CLASSES, stepOf } from '../../../src/model/title-files.js';
import { publishTree } from '../../../src/stages/publish/publish-tree.js';
import { publish } from '../../../src/stages/publish/publish.js';
import { crc32cOfFile } from '../../../src/storage/crc32c.js';
import { headerPolicy } from '../../../src/storage/headers.js';
import { LocalStorage } from '../../../src/storage/local.js';
import type { Stored } from '../../../src/storage/storage.js';
import { useBucket } from '../../storage/gcs/bucket.js';

/** Files of every class there is reach their place, each in its step and with its headers: none is ever dropped. */

const bucket = useBucket();

async function stageAll(): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { path, class: kind } of Object.values(FILES_BY_CLASS)) {
    const file = join(bucket.folder, 'staging', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `of class ${kind}`);
    artifacts.push({ path, class: kind, file, ...(await crc32cOfFile(file)) });
  }
  return artifacts;
}

function checkSteps(order: readonly string[], artifacts: readonly Artifact[]): void {
  const classes = new Map(artifacts.map(({ path, class: kind }) => [path, kind]));
  const steps = order.map((path) => stepOf(classes.get(path) ?? 'other'));
  expect(steps).toEqual(steps.toSorted());
  expect(order.toSorted()).toEqual(artifacts.map(({ path }) => path).toSorted());
}

test('every class has a sample', () => {
  expect(Object.keys(FILES_BY_CLASS).toSorted()).toEqual(Object.keys(FILE_CLASSES).toSorted());
});

test('to a folder', async () => {
  const artifacts = await stageAll();
  const order: string[] = [];
  class Watched extends LocalStorage {
    override async put(...call: Parameters<LocalStorage['put']>): Promise<Stored> {
      order.push(call[0]);
      return super.put(...call);
    }
  }
  const storage = new Watched(join(bucket.folder, 'title'));
  const receipt = await publish(allListed(artifacts), storage, { previous: null, record: recordOf(artifacts, 1) });
  expect(receipt).toMatchObject({ published: artifacts.length, reused: 0 });
  checkSteps(order, artifacts);
  for (const { path, bytes } of artifacts) expect(await storage.stat(path)).toMatchObject({ path, bytes });
});

test('to a bucket, each with the headers of its class', async () => {
  const artifacts = await stageAll();
  const storage = bucket.open();
  const order: string[] = [];
  const shared = {
    expected: new Map([
      ['master.m3u8', null],
      ['mediactl.json', null],
    ]),
    ownUploads: () => [],
    isOurs: () => false,
    recordIntent: () => Promise.resolve(),
    onStored: ({ path }: Stored) => order.push(path),
  };
  const receipt = await publish(allListed(artifacts), storage, {
    previous: null,
    record: recordOf(artifacts, 1),
    shared,
  });
  expect(receipt).toMatchObject({ published: artifacts.length, reused: 0 });
  checkSteps(order, artifacts);
  const headersFor = headerPolicy();
  for (const { path, class: kind } of artifacts) {
    expect((await storage.stat(path))?.headers).toEqual(headersFor(path, kind));
  }
});

test('as a tree of files', async () => {
  const artifacts = await stageAll();
  const storage = bucket.open();
  const order: string[] = [];
  const snapshot = await storage.snapshot();
  const { published } = await publishTree(artifacts, storage, { snapshot, onStored: ({ path }) => order.push(path) });
  expect(published).toBe(artifacts.length);
  checkSteps(order, artifacts);
});
