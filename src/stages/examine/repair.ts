import { MediactlError } from '../../errors.js';
import type { BucketAdmin } from '../../storage/gcs/bucket-admin.js';
import type { BucketFacts, RawRule } from '../../storage/gcs/bucket-resource.js';
import { corsForPlayers } from './cors.js';
import type { Wishes } from './finding.js';
import { wishesFor } from './lifecycle-findings.js';
import { lifecycleFor } from './lifecycle.js';

/** A setting of the bucket as it is and as it would be. Nothing of `before` is missing in `after`. */
export interface Change {
  readonly setting: 'cors' | 'lifecycle';
  readonly before: readonly RawRule[];
  readonly after: readonly RawRule[];
}

/** What `--fix` would change; empty when all is as wished for. Pure. */
export function changesFor(facts: BucketFacts, wishes: Wishes): Change[] {
  const { cors, lifecycle } = facts;
  const all: Change[] = [
    { setting: 'cors', before: cors, after: corsForPlayers(cors, wishes.origins) },
    { setting: 'lifecycle', before: lifecycle, after: lifecycleFor(lifecycle, wishesFor(facts, wishes)) },
  ];
  return all.filter(({ before, after }) => after !== before);
}

/**
 * Makes the changes for the bucket's settings as they were when they were shown: another change in between to these
 * two settings is an error (storage-conflict), one to others is not, and neither is lost.
 */
export async function applyChanges(
  bucket: BucketAdmin,
  {
    changes,
    facts,
    wishes,
  }: { readonly changes: readonly Change[]; readonly facts: BucketFacts; readonly wishes: Wishes },
): Promise<void> {
  const settings = Object.fromEntries(
    changes.map(({ setting, after }) => [setting, setting === 'cors' ? after : { rule: after }]),
  );
  let { metageneration } = facts;
  for (let round = 0; round < ROUNDS; round++) {
    if ((await bucket.change(settings, metageneration)) !== null) return;
    const now = await bucket.facts();
    const left = changesFor(now, wishes);
    // Ours, whose answer was lost, or somebody's who wants the same.
    if (left.length === 0) return;
    if (JSON.stringify(left) !== JSON.stringify(changes)) throw conflict(bucket);
    metageneration = now.metageneration;
  }
  throw conflict(bucket);
}

const ROUNDS = 5;

function conflict({ name }: BucketAdmin): MediactlError {
  return new MediactlError('storage-conflict', `could not change the settings of ${name}`, {
    reason: 'someone else has changed them since they were shown; nothing was overwritten',
    hint: 'run the same command again and check the change',
  });
}
