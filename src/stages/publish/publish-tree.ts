import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { ENTRY_STEP, isForEver, stepOf, STEPS } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import type { Condition, Snapshot, Storage, Stored } from '../../storage/storage.js';
import { ensureObject, type StagedFile } from './bring-file.js';

export interface TreeReceipt {
  readonly published: number;
  readonly stored: readonly Stored[];
  readonly warnings: readonly Warning[];
}

/**
 * Publishes files that make a title, or none: segments and whatever else first, then media playlists, then
 * multivariant playlists and MPDs, each group when the one before is confirmed. What is there and right is left as it
 * is; nothing is removed. Of two publishers who replace the same playlist one gets storage-conflict.
 */
export async function publishTree(
  files: readonly StagedFile[],
  storage: Storage,
  options: { readonly there: Snapshot; readonly onStored?: (stored: Stored) => void },
): Promise<TreeReceipt> {
  const { there, onStored } = options;
  const stored: Stored[] = [];
  const replaced: string[] = [];
  let published = 0;
  const put = async (item: StagedFile): Promise<void> => {
    const found = await there.get(item.path);
    if (isForEver(item.class) && found && found.crc32c !== (item.crc32c ?? null)) replaced.push(item.path);
    const condition: Condition = found ? { generation: found.generation } : 'absent';
    const done = await ensureObject(item, storage, {
      there,
      ...(stepOf(item.class) === ENTRY_STEP ? { condition } : {}),
    });
    if (done.outcome === 'published') published++;
    stored.push(done.stored);
    onStored?.(done.stored);
  };
  for (const step of STEPS) {
    const items = files.filter((item) => stepOf(item.class) === step);
    await forEachBounded(items, QUEUED_AT_ONCE, put);
  }
  return { published, stored, warnings: replaced.length === 0 ? [] : [cached(replaced)] };
}

function cached(replaced: readonly string[]): Warning {
  const [first = ''] = replaced.toSorted();
  return {
    code: 'cached-names-reused',
    message: `other bytes replaced objects that caches may keep for a year, such as ${printable(first)}: give a new version of a title new names`,
    count: replaced.length,
  };
}
