import { describe, expect, test } from 'vitest';
import { sampleRun } from '../../../fixtures/run-context.js';
import { DEFAULTS } from '../../../fixtures/settings.js';
import {
  bucketOptionsOf,
  openDestination,
  openForEncode,
  type DestinationSettings,
} from '../../../src/pipeline/delivery/destination.js';

const run = sampleRun();
const title = (prefix: string, bucket = 'media') => ({ kind: 'gcs', bucket, prefix }) as const;
const folder = { kind: 'folder', path: '/titles/movie' } as const;
const withAccess = (access: Partial<DestinationSettings['access']>): DestinationSettings => ({
  ...DEFAULTS,
  access: { ...DEFAULTS.access, ...access },
});

describe('a folder', () => {
  test('is its own working place, and keeps no older version unless it is asked to', async () => {
    const place = await openForEncode(folder, DEFAULTS, run);
    expect(place).toMatchObject({ name: '/titles/movie', folder: '/titles/movie', keepVersions: 0 });
    const keeping = { ...DEFAULTS, objects: { ...DEFAULTS.objects, keepVersions: 3 } };
    expect(await openDestination(folder, keeping, run)).toMatchObject({ keepVersions: 3 });
  });

  test('asks for no credentials, whatever is set', async () => {
    const contradictory = withAccess({ anonymous: true, keyFile: '/no/such/key.json' });
    expect(await openForEncode(folder, contradictory, run)).toMatchObject({ name: '/titles/movie' });
    await expect(openForEncode(title('movie'), contradictory, run)).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('a bucket', () => {
  test('has an address, a working folder of its own below the working directory, and keeps one older version', async () => {
    const place = await openForEncode(title('titles/a movie'), DEFAULTS, run);
    expect(place).toMatchObject({ name: 'gs://media/titles/a movie', keepVersions: 1 });
    expect(place.folder).toMatch(/^\/work\/a movie-[0-9a-f]{8}$/);
    expect(place.addressesOf('master.m3u8', null)).toMatchObject({
      url: 'https://storage.googleapis.com/media/titles/a%20movie/master.m3u8',
    });
  });

  test('of another name, or with another prefix, has another working folder', async () => {
    const locations = [title('a/movie'), title('b/movie'), title('a/movie', 'other'), title('')];
    const places = await Promise.all(locations.map((location) => openForEncode(location, DEFAULTS, run)));
    expect(new Set(places.map((place) => place.folder)).size).toBe(4);
    expect(places[3]?.folder).toMatch(/^\/work\/media-/);
    const again = await openForEncode(title('a/movie'), DEFAULTS, run);
    expect(again.folder).toBe(places[0]?.folder);
  });

  test('is found at another endpoint, of a setting or of the environment', async () => {
    const set = withAccess({ endpoint: 'http://127.0.0.1:4443', anonymous: true });
    const emulated = { ...run, env: { STORAGE_EMULATOR_HOST: 'http://localhost:9' } };
    const places = [await openDestination(title('m'), set, run), await openDestination(title('m'), DEFAULTS, emulated)];
    const urls = places.map((place) => place.addressesOf(null, null).url);
    expect(urls).toEqual(['http://127.0.0.1:4443/media/m', 'http://localhost:9/media/m']);
  });

  test('is told how objects are to be kept', () => {
    const objects = { ...DEFAULTS.objects, metadata: { owner: 'me' }, storageClass: 'NEARLINE' } as const;
    const options = bucketOptionsOf({ ...DEFAULTS, objects }, { MEDIACTL_ACCESS_TOKEN: 'secret' });
    expect(options).toMatchObject({
      credentials: { kind: 'access-token', token: 'secret' },
      headers: { metadata: { owner: 'me' } },
      placement: { storageClass: 'NEARLINE', kmsKey: null, predefinedAcl: null },
    });
  });
});
