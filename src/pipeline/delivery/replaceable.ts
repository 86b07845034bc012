import { checkOwnership, type OwnershipOptions } from '../../stages/publish/ownership.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { asMediactlError } from '../../tools/space.js';
import { readRecord, type RecordState } from '../record/record.js';
import type { Destination } from './destination.js';
import { openLedger } from './upload-ledger.js';

/** Throws `output-not-ours` before any work is done when publishing would replace files that are not ours. */
export async function checkOurs(
  { storage, bucket }: Destination,
  { present, there }: { readonly present: RecordState; readonly there: Snapshot },
  force: boolean,
): Promise<void> {
  const previous = present.kind === 'ours' ? present.record : null;
  const reason = present.kind === 'foreign' ? present.reason : null;
  const known = bucket ? await knownInBucket(bucket.workFolder, there) : {};
  await checkOwnership(storage, { previous, reason, force, ...known }).catch((error: unknown) => {
    throw asMediactlError(error, storage.name);
  });
}

/** Whether a title without a record in a bucket is ours, the working folder knows. */
async function knownInBucket(workFolder: string, there: Snapshot): Promise<Pick<OwnershipOptions, 'isOurs' | 'there'>> {
  const ledger = await openLedger(workFolder);
  return { there, isOurs: ({ path, crc32c }) => ledger.knows(path, crc32c) };
}

/** Whether another run has published since `present` was read. To be asked under the lock. */
export async function wasOvertaken(storage: Storage, present: RecordState): Promise<boolean> {
  return versionOf(await readRecord(storage)) !== versionOf(present);
}

function versionOf(state: RecordState): string {
  return state.kind === 'ours' ? `${state.record.finishedAt} ${state.record.planKey}` : state.kind;
}
