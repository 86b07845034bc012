import { checkOwnership, type OwnershipOptions } from '../stages/publish/ownership.js';
import type { Storage } from '../storage/storage.js';
import { asMediactlError } from '../tools/space.js';
import { readRecord, type RecordState } from './record.js';

/** Throws `output-not-ours` before any work is done when publishing would replace files that are not ours. */
export async function checkOurs(
  storage: Storage,
  present: RecordState,
  force: boolean,
  bucket: Pick<OwnershipOptions, 'isOurs' | 'there'> = {},
): Promise<void> {
  const previous = present.kind === 'ours' ? present.record : null;
  const reason = present.kind === 'foreign' ? present.reason : null;
  await checkOwnership(storage, { previous, reason, force, ...bucket }).catch((error: unknown) => {
    throw asMediactlError(error, storage.name);
  });
}

/** Whether another run has published since `present` was read. To be asked under the lock. */
export async function wasOvertaken(storage: Storage, present: RecordState): Promise<boolean> {
  return versionOf(await readRecord(storage)) !== versionOf(present);
}

function versionOf(state: RecordState): string {
  return state.kind === 'ours' ? `${state.record.finishedAt} ${state.record.planKey}` : state.kind;
}
