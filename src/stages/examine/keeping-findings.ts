import type { BucketFacts } from '../../storage/gcs/bucket-resource.js';
import { advice, ok, wrong, type BucketFinding } from './finding.js';
import type { Names } from './finding.js';

const A_DAY = 24 * 3600;

/** What keeps objects that were replaced or removed: first what forbids a re-encode, then what makes it cost more. */
export function keepingFindings(facts: BucketFacts, { bucket }: Names): [BucketFinding[], BucketFinding[]] {
  const update = `gcloud storage buckets update ${bucket}`;
  return [
    [retention(facts, update), hold(facts, update)],
    [softDelete(facts, update), versioning(facts, update)],
  ];
}

function retention({ retentionSeconds, retentionLocked }: BucketFacts, update: string): BucketFinding {
  if (retentionSeconds === 0) return ok('retention', 'objects may be replaced and removed at any time');
  const why = 'replacing master.m3u8, the last step of a re-encode, is refused, and so is removing old versions';
  return wrong(
    'retention',
    'storage-retention',
    `a retention policy keeps every object for ${days(retentionSeconds)}`,
    {
      why: retentionLocked ? `${why}; the policy is locked, so titles need another bucket` : why,
      ...(retentionLocked ? {} : { command: `${update} --clear-retention-period` }),
    },
  );
}

function hold({ defaultEventBasedHold }: BucketFacts, update: string): BucketFinding {
  if (!defaultEventBasedHold) return ok('event-hold', 'new objects are not held');
  return wrong('event-hold', 'storage-hold', 'every new object is held until somebody releases it', {
    why: 'a held object can be neither replaced nor removed, so a title can be published only once',
    command: `${update} --no-default-event-based-hold`,
  });
}

function softDelete({ softDeleteSeconds }: BucketFacts, update: string): BucketFinding {
  if (softDeleteSeconds === 0) return ok('soft-delete', 'removed objects are gone and no longer billed');
  return advice('soft-delete', `replaced and removed objects are kept for ${days(softDeleteSeconds)} more`, {
    why: 'each re-encoded title is billed that long beside its successor; but what was removed by mistake can be restored',
    command: `${update} --clear-soft-delete`,
  });
}

function versioning(facts: BucketFacts, update: string): BucketFinding {
  if (!facts.versioning) return ok('versioning', 'no older versions of objects are kept');
  return advice('versioning', 'older versions of objects are kept, until a lifecycle rule removes them', {
    why: 'each re-encoded title stays, and is billed, beside its successors; mediactl keeps older versions by itself (--keep-versions)',
    command: `${update} --no-versioning`,
  });
}

function days(seconds: number): string {
  if (seconds < A_DAY) return `${Math.ceil(seconds / 60)} minutes`;
  const whole = Math.round(seconds / A_DAY);
  return whole === 1 ? 'a day' : `${whole} days`;
}
