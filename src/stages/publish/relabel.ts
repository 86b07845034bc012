import type { FileClass } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { sameHeaders } from '../../storage/headers.js';
import type { Storage, Stored } from '../../storage/storage.js';

/**
 * Gives the objects of a title the headers that they would get today; no bytes are sent. Gives them all as they are
 * then, in the same order, and how many were changed. Throws MediactlError storage-conflict when one is no longer there.
 */
export async function relabel(
  storage: Storage,
  stored: readonly Stored[],
  classOf: (path: string) => FileClass,
): Promise<{ readonly stored: readonly Stored[]; readonly changed: number }> {
  const now = [...stored];
  let changed = 0;
  await forEachBounded(stored.entries(), QUEUED_AT_ONCE, async ([at, object]) => {
    const headers = storage.headersFor(object.path, classOf(object.path));
    if (headers === null || object.headers === null || sameHeaders(headers, object.headers)) return;
    now[at] = await storage.patch(object, headers);
    changed++;
  });
  return { stored: now, changed };
}
