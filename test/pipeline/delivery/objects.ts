import { crc32cOf } from '../../../src/storage/crc32c.js';
import { Listing } from '../../../src/storage/listing.js';
import type { Stored } from '../../../src/storage/storage.js';

/** An object as a bucket lists it; `content` decides size and checksum. */
export function object(path: string, content = path, more: Partial<Stored> = {}): Stored {
  const bytes = Buffer.from(content);
  const headers = { contentType: 'video/mp2t', cacheControl: null, metadata: {} };
  return { path, bytes: bytes.length, crc32c: crc32cOf(bytes), generation: '1', headers, ...more };
}

/** A bucket in which these are. */
export function listingOf(objects: readonly Stored[]): Promise<Listing> {
  return Listing.of(
    (async function* () {
      await Promise.resolve();
      yield* objects;
    })(),
  );
}
