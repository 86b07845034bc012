import type { TitleArtifacts, TitleRecord } from '../../model/artifact.js';
import { isEmpty, presentFiles } from '../../model/files-and-journals.js';
import type { Warning } from '../../model/media.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { recordBytes, recordText } from '../../model/title-record.js';
import { crc32cOf } from '../../storage/crc32c.js';
import type { Listing } from '../../storage/listing.js';
import type { Storage, Stored } from '../../storage/storage.js';
import { checkOwnership } from './ownership.js';
import { PENDING_NAME, readPending, writePending } from './pending.js';
import { putInOrder } from './put-in-order.js';
import { obsoleteFiles, presentOf, removeObsolete } from './remove-obsolete.js';
import { checkNotOvertaken, conditionOf, type SharedDestination } from './shared.js';

export interface PublishOptions {
  /** The record of the title that is there now, null when there is none of ours. */
  readonly previous: TitleRecord | null;
  /** The new title's; what it lists are all artifacts, no more and no less. */
  readonly record: TitleRecord;
  readonly force?: boolean;
  /** Set where no lock keeps other publishers out (a bucket). */
  readonly shared?: SharedDestination | null;
}

export interface Receipt {
  /** Files brought there now, and files that were there already. */
  readonly published: number;
  readonly reused: number;
  /** Files of earlier versions that were removed. */
  readonly removed: number;
  /** Where publishers share the destination: all of the title as it is there now, its record included. */
  readonly stored: Listing | null;
  /** Of the whole title. */
  readonly bytes: number;
  readonly warnings: readonly Warning[];
}

/**
 * Publishes a title: journals, segments, then media playlists, then multivariant playlists (`STEPS`), then
 * mediactl.json, then removes what only earlier versions had. Whoever reads sees the old title until its master
 * playlist is replaced, then the new one. Killed at any moment, it can be run again: an artifact whose staged bytes
 * are gone is done when the storage has it in the right size. Files that no version of the title named are never
 * touched; those of ours that were changed since stay, with a warning. Segments are never held in a list.
 *
 * Where publishers share the destination, the master playlist and the record replace only what was there when the
 * work began: of two publishers one gets storage-conflict, before its playlist is there.
 * Throws MediactlError: output-not-ours, output-not-writable, disk-full, verify-failed, storage-…
 */
export async function publish(artifacts: TitleArtifacts, storage: Storage, options: PublishOptions): Promise<Receipt> {
  const { record, shared = null } = options;
  const snapshot = await storage.snapshot();
  if (shared) await checkNotOvertaken(storage, snapshot, shared);
  await checkOwnership(storage, { ...options, ...(shared ? { isOurs: broughtBy(shared), snapshot } : {}) });
  const pending = shared ? null : await readPending(storage);
  const before = { previous: options.previous, pending, ownUploads: shared?.ownUploads() ?? null };
  const obsolete = await presentOf(obsoleteFiles(record, before), shared ? snapshot : null);
  if (!shared) await writePending(storage, { files: presentFiles(record), obsolete });
  await storage.flush();

  const { published, reused, stored } = await putInOrder(artifacts, storage, { record, snapshot, shared });
  // Killed while it removes, the next run knows what is left to do.
  const written = shared && !isEmpty(obsolete) ? { ...record, removing: obsolete } : record;
  const text = recordText(written);
  await shared?.recordIntent(RECORD_NAME, { bytes: text.length, crc32c: crc32cOf(text) });
  const put = await storage.write(RECORD_NAME, text, 'record', conditionOf(RECORD_NAME, shared));
  stored?.set(put);
  await storage.flush();

  const { removed, warnings } = await removeObsolete(storage, obsolete, shared ? snapshot : null);
  if (!shared) await storage.remove(PENDING_NAME);
  await storage.flush();
  return { published, reused, removed, stored, bytes: recordBytes(record), warnings };
}

function broughtBy({ isOurs }: SharedDestination): (stored: Stored) => boolean {
  return ({ path, crc32c }) => isOurs(path, crc32c);
}
