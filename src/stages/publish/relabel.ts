import type { FileClass } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { hasHeaders } from '../../storage/headers.js';
import type { Listing } from '../../storage/listing.js';
import type { Storage } from '../../storage/storage.js';

/**
 * Gives the objects of a title the headers that they would get today; no bytes are sent. `stored` has them as they are
 * then. Gives how many were changed. Throws MediactlError storage-conflict when one is no longer there.
 */
export async function relabel(
  storage: Storage,
  stored: Listing,
  classOf: (path: string) => FileClass,
): Promise<number> {
  let changed = 0;
  await forEachBounded(stored.all(), QUEUED_AT_ONCE, async (object) => {
    const headers = storage.headersFor(object.path, classOf(object.path));
    if (headers === null || object.headers === null || hasHeaders(object.headers, headers)) return;
    stored.set(await storage.patch(object, headers));
    changed++;
  });
  return changed;
}
