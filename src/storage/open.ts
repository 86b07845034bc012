import type { BucketAdmin } from './gcs/bucket-admin.js';
import type { GcsOptions } from './gcs/open-gcs.js';
import { LocalStorage } from './local.js';
import type { Location } from './location.js';
import type { Storage } from './storage.js';

/** The storage at a location. Only a bucket costs the loading of what it needs. Throws MediactlError usage. */
export async function openStorage(location: Location, options: GcsOptions): Promise<Storage> {
  if (location.kind === 'folder') return new LocalStorage(location.path);
  const { openGcs } = await import('./gcs/open-gcs.js');
  return openGcs(location, options);
}

/** The bucket as such. Throws MediactlError usage. */
export async function openBucket(
  location: Extract<Location, { kind: 'gcs' }>,
  options: GcsOptions,
): Promise<BucketAdmin> {
  const { openGcsBucket } = await import('./gcs/open-gcs.js');
  return openGcsBucket(location, options);
}
