import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audioTrack, mediaInfo, planRequest } from '../../../fixtures/media-info.js';
import { recordOf } from '../../../fixtures/numbered-title.js';
import { recordText } from '../../../src/model/title-record.js';
import { bucketPlace } from '../../../src/pipeline/delivery/bucket-place.js';
import { folderPlace } from '../../../src/pipeline/delivery/folder-place.js';
import type { Place } from '../../../src/pipeline/delivery/place.js';
import { openLedger } from '../../../src/pipeline/delivery/upload-ledger.js';
import { silentMeter } from '../../../src/pipeline/delivery/upload-meter.js';
import { plan } from '../../../src/stages/plan/plan.js';
import { LocalStorage } from '../../../src/storage/local.js';
import { listingOf, object } from './objects.js';

let root: string;
let folder: string;
let workFolder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mediactl-place-'));
  folder = join(root, 'movie');
  workFolder = join(root, '.movie.mediactl');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const stopped: unknown[] = [];

/** A bucket in a folder: what is asked of the place itself needs no more. */
function bucket(storage = new LocalStorage(folder)): Place {
  return bucketPlace({
    storage,
    name: 'gs://media/a movie',
    url: 'https://storage.googleapis.com/media/a%20movie',
    folder,
    workFolder,
    keepVersions: 1,
    meter: silentMeter,
    stop: (reason) => stopped.push(reason),
  });
}

const places: [string, () => Place][] = [
  ['a folder', () => folderPlace(folder, 0)],
  ['a bucket', () => bucket()],
];

describe.each(places)('%s', (_, open) => {
  test('is looked at: nothing, a title of ours, something else', async () => {
    const place = open();
    const { storage } = place;
    expect((await place.lookAt()).present).toEqual({ kind: 'none' });
    const record = recordOf([], 1);
    await storage.write('mediactl.json', recordText(record), 'record');
    const seen = await place.lookAt();
    expect(seen.present).toMatchObject({ kind: 'ours', record: { planKey: record.planKey } });
    expect(await seen.snapshot.get('mediactl.json')).not.toBeNull();
    await storage.write('mediactl.json', Buffer.from('{}'), 'record');
    expect((await place.lookAt()).present).toMatchObject({ kind: 'foreign' });
  });
});

describe('a folder', () => {
  test('says where its playlist is, and lists no objects', async () => {
    const place = folderPlace(folder, 0);
    expect(place.addressesOf('master.m3u8', await listingOf([object('a')]))).toEqual({
      playlist: join(folder, 'master.m3u8'),
    });
    expect(place.addressesOf(null, null)).toEqual({ playlist: folder });
    expect(await place.objectsOf(recordOf([], 1), await listingOf([object('mediactl.json')]))).toBeNull();
  });

  test('takes the first edition: its lock keeps others out', async () => {
    const place = folderPlace(folder, 0);
    const planned = plan(mediaInfo({ audio: [audioTrack()] }), planRequest());
    const snapshot = await listingOf(planned.renditions.map(({ id }) => object(`${id}/00000.ts`)));
    expect(await place.chooseEdition(planned, 'first', { snapshot, present: { kind: 'none' } })).toBe('first');
  });

  test('is locked while a title is removed, and goes when it is empty then', async () => {
    await mkdir(folder);
    const place = folderPlace(folder, 0);
    const outcome = await place.withLock(folder, 'mediactl rm', async () => {
      await expect(place.withLock(folder, 'mediactl rm', () => Promise.resolve())).rejects.toMatchObject({
        code: 'output-busy',
      });
      return 'done';
    });
    expect(outcome).toBe('done');
    expect(await readdir(root)).toEqual([]);
  });

  test('is unlocked, and stays when it is not empty, also when the work fails', async () => {
    await new LocalStorage(folder).write('a', new Uint8Array(1));
    const place = folderPlace(folder, 0);
    const failing = place.withLock(folder, 'x', () => Promise.reject(new Error('it failed')));
    await expect(failing).rejects.toThrow('it failed');
    await place.withLock(folder, 'x', () => Promise.resolve());
    expect(await readdir(folder)).toEqual(['a']);
  });
});

describe('a bucket', () => {
  test('says its address, and what is there', async () => {
    const stored = object('a.ts', 'abc');
    expect(bucket().addressesOf('x y/main.m3u8', await listingOf([stored]))).toMatchObject({
      playlist: 'gs://media/a movie/x y/main.m3u8',
      url: 'https://storage.googleapis.com/media/a%20movie/x%20y/main.m3u8',
    });
    const { objects } = bucket().addressesOf(null, await listingOf([stored]));
    expect(objects?.toJSON()).toMatchObject([
      { path: 'a.ts', bytes: 3, crc32c: stored.crc32c, contentType: 'video/mp2t' },
    ]);
    expect(objects?.size).toBe(1);
    expect(bucket().addressesOf(null, null)).toMatchObject({
      playlist: 'gs://media/a movie',
      url: 'https://storage.googleapis.com/media/a%20movie',
    });
  });

  test('lists the objects of a title and its record, and not what is missing', async () => {
    const record = {
      ...recordOf([], 1),
      files: ['a.ts', 'b.ts', 'lost.ts'].map((path) => ({ path, bytes: path.length })),
    };
    const listing = await listingOf(['a.ts', 'b.ts', 'mediactl.json', 'other'].map((path) => object(path)));
    const found = await bucket().objectsOf(record, listing);
    expect([...(found?.all() ?? [])].map(({ path }) => path)).toEqual(['a.ts', 'b.ts', 'mediactl.json']);
  });

  test('is not looked at while somebody replaces the record', async () => {
    // The record of the listing is gone when it is read.
    class Replaced extends LocalStorage {
      override read(): Promise<null> {
        return Promise.resolve(null);
      }
    }
    const storage = new Replaced(folder);
    await storage.write('mediactl.json', recordText(recordOf([], 1)));
    await expect(bucket(storage).lookAt()).rejects.toMatchObject({ code: 'storage-conflict' });
  });

  test('knows what its working folder uploaded, and keeps to names of its own', async () => {
    const planned = plan(mediaInfo({ audio: [audioTrack()] }), planRequest());
    const began = planned.renditions.slice(0, 1).map(({ id }) => object(`${id}/00000.ts`));
    const snapshot = await listingOf(began);
    const choose = (): Promise<string | null> =>
      bucket().chooseEdition(planned, null, { snapshot, present: { kind: 'none' } });
    const known = async (): Promise<unknown[]> => {
      const { isOurs } = await bucket().ownership(snapshot);
      return began.map((stored) => isOurs?.(stored));
    };
    expect(await known()).toEqual([false]);
    expect(await choose()).not.toBeNull();
    await mkdir(workFolder);
    const ledger = await openLedger(workFolder);
    for (const { path, bytes, crc32c } of began) await ledger.recordIntent(path, { bytes, crc32c: crc32c ?? '' });
    await ledger.close();
    expect(await known()).toEqual([true]);
    expect(await choose()).toBeNull();
  });

  test('needs no lock, and is stopped with a reason', async () => {
    const place = bucket();
    const nested = place.withLock('gs://media/a movie', 'x', () =>
      place.withLock('gs://media/a movie', 'x', () => Promise.resolve('done')),
    );
    expect(await nested).toBe('done');
    place.stop('why');
    expect(stopped).toEqual(['why']);
  });
});
