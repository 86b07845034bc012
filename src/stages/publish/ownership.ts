import { MediactlError } from '../../errors.js';
import type { TitleRecord } from '../../model/artifact.js';
import { printable } from '../../model/text.js';
import { ENTRY_NAMES, RECORD_NAME } from '../../model/title-files.js';
import type { Snapshot, Storage, Stored } from '../../storage/storage.js';
import { readPending } from './pending.js';

export interface OwnershipOptions {
  /** The title's record, null when there is none or it is not ours. */
  readonly previous: TitleRecord | null;
  /** Why a record that is there is not taken as ours. */
  readonly reason?: string | null;
  /** Replace foreign files that bear our names. */
  readonly force?: boolean;
  /** Knows a file of ours beside which the record is missing, because publishing was interrupted. */
  readonly isOurs?: (stored: Stored) => boolean;
  /** To look at instead of the storage itself. */
  readonly snapshot?: Snapshot;
}

/**
 * Throws MediactlError output-not-ours when a file that mediactl did not make bears one of the names that
 * titles have at their top. To be asked before the work begins; `publish` asks again.
 */
export async function checkOwnership(storage: Storage, options: OwnershipOptions): Promise<void> {
  if (options.previous !== null || options.force === true) return;
  for (const name of [...ENTRY_NAMES, RECORD_NAME]) {
    const found = options.snapshot ? await options.snapshot.get(name) : await storage.stat(name);
    if (found === null) continue;
    if (options.isOurs ? options.isOurs(found) : (await readPending(storage)) !== null) continue;
    throw new MediactlError('output-not-ours', `${printable(storage.name)} has a ${name} that mediactl did not make`, {
      reason: options.reason ?? `there is no ${RECORD_NAME} that mediactl wrote beside it`,
      hint: 'choose another destination, or replace it with --force',
    });
  }
}
