import type { BucketFacts } from '../../storage/gcs/bucket-resource.js';
import { advice, ok, type BucketFinding } from './finding.js';
import type { Names, Wishes } from './finding.js';
import { lifecycleFor, MINIMUM_DAYS, rulesThatDelete } from './lifecycle.js';

/** Whether leftovers go, old titles get cheap, and nothing else goes. */
export function lifecycleFindings(facts: BucketFacts, wishes: Wishes, names: Names): BucketFinding[] {
  const deleting = rulesThatDelete(facts.lifecycle, wishes.root);
  return [
    wishesFinding(facts, wishesFor(facts, wishes), names),
    ...(deleting.length === 0 ? [] : [deletingFinding(deleting.length, names)]),
  ];
}

/** A bucket with Autoclass chooses classes by itself, and allows no such rule. */
export function wishesFor({ autoclass }: BucketFacts, wishes: Wishes): Wishes {
  return autoclass ? { ...wishes, coldDays: 0 } : wishes;
}

function wishesFinding({ lifecycle }: BucketFacts, wishes: Wishes, { bucket }: Names): BucketFinding {
  const { tmpDays, coldDays, coldClass } = wishes;
  const rule = lifecycleFor(lifecycle, wishes);
  const parts = [
    ...(tmpDays > 0 ? [`remove leftovers after ${tmpDays} days`] : []),
    ...(coldDays > 0
      ? [`move ${wishes.root === '' ? 'all objects' : 'titles'} to ${coldClass} after ${coldDays} days`]
      : []),
  ];
  if (parts.length === 0) return ok('lifecycle', 'no lifecycle rules are wanted');
  if (rule === lifecycle) return ok('lifecycle', parts.join(', '));
  const minimum = MINIMUM_DAYS[coldClass];
  const cost =
    `; ${coldClass} is billed for at least ${minimum} days and for each read: titles that are re-encoded or still watched ` +
    'often are cheaper without it (--cold-days 0)';
  return advice('lifecycle', `lifecycle rules are missing: ${parts.join(', ')}`, {
    why: `leftovers of crashes and titles that nobody watches any more are billed every day${coldDays > 0 ? cost : ''}`,
    command: `gcloud storage buckets update ${bucket} --lifecycle-file=lifecycle.json`,
    file: { name: 'lifecycle.json', content: { lifecycle: { rule } } },
    fixable: true,
  });
}

function deletingFinding(count: number, { bucket }: Names): BucketFinding {
  const rules = count === 1 ? 'a lifecycle rule removes' : `${count} lifecycle rules remove`;
  return advice('lifecycle-deletes', `${rules} objects of titles`, {
    why: 'segments and playlists of a title have different ages: it stops playing when the first of them is removed',
    command: `gcloud storage buckets describe ${bucket} --format="json(lifecycle_config)"`,
  });
}
