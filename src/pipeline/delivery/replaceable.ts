import { checkOwnership } from '../../stages/publish/ownership.js';
import type { Storage } from '../../storage/storage.js';
import { readRecord, type RecordState } from '../record/record.js';
import type { Place, PresentTitle } from './place.js';

/** Throws `output-not-ours` before any work is done when publishing would replace files that are not ours. */
export async function checkOurs(
  place: Pick<Place, 'storage' | 'ownership'>,
  { present, there }: PresentTitle,
  force: boolean,
): Promise<void> {
  const previous = present.kind === 'ours' ? present.record : null;
  const reason = present.kind === 'foreign' ? present.reason : null;
  const known = await place.ownership(there);
  await checkOwnership(place.storage, { previous, reason, force, ...known });
}

/** Whether another run has published since `present` was read. To be asked under the lock. */
export async function wasOvertaken(storage: Storage, present: RecordState): Promise<boolean> {
  return versionOf(await readRecord(storage)) !== versionOf(present);
}

function versionOf(state: RecordState): string {
  return state.kind === 'ours' ? `${state.record.finishedAt} ${state.record.planKey}` : state.kind;
}
