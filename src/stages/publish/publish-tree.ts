import { asReadError } from '../../errors/disk.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { ENTRY_STEP, isForEver, stepOf, STEPS } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { Listing } from '../../storage/listing.js';
import { fileChanged, stampOf } from '../../storage/source-file.js';
import type { Condition, Snapshot, Storage, Stored } from '../../storage/storage.js';
import { ensureObject, type StagedFile } from './bring-file.js';

export interface TreeReceipt {
  readonly published: number;
  readonly stored: Listing;
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
  options: {
    readonly snapshot: Snapshot;
    readonly onStored?: (stored: Stored) => void;
    readonly signal?: AbortSignal;
  },
): Promise<TreeReceipt> {
  const { snapshot, onStored, signal } = options;
  const stored = new Listing();
  const replaced: string[] = [];
  let published = 0;
  const put = async (file: StagedFile): Promise<void> => {
    // Since it was listed: what playlists say of it may be wrong by now.
    const now = await stampOf(file.file);
    if (now.size !== file.bytes) throw fileChanged(file.file);
    const found = await snapshot.get(file.path);
    // What is there in the same size may be right; what is to be sent anyway is read only then.
    const item = found?.bytes === file.bytes ? await withChecksum(file, signal) : file;
    if (isForEver(item.class) && found && found.crc32c !== (item.crc32c ?? null)) replaced.push(item.path);
    const condition: Condition = found ? { generation: found.generation } : 'absent';
    const done = await ensureObject(item, storage, {
      snapshot,
      ...(stepOf(item.class) === ENTRY_STEP ? { condition } : {}),
    });
    if (done.outcome === 'published') published++;
    stored.set(done.stored);
    onStored?.(done.stored);
  };
  for (const step of STEPS) {
    const items = files.filter((item) => stepOf(item.class) === step);
    await forEachBounded(items, QUEUED_AT_ONCE, put);
  }
  return { published, stored, warnings: replaced.length === 0 ? [] : [cached(replaced)] };
}

async function withChecksum(file: StagedFile, signal?: AbortSignal): Promise<StagedFile> {
  if (file.crc32c !== undefined) return file;
  const { crc32c } = await crc32cOfFile(file.file, signal).catch((error: unknown) => {
    throw asReadError(error, file.file);
  });
  return { ...file, crc32c };
}

function cached(replaced: readonly string[]): Warning {
  const [first = ''] = replaced.toSorted();
  return {
    code: 'cached-names-reused',
    message: `${replaced.length === 1 ? 'an object' : `${replaced.length} objects`} that caches may keep for a year got new bytes under the old name, such as ${printable(first)}: a new version of a title needs new names`,
    count: replaced.length,
  };
}
