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
  const why = 'a re-encode switches master.m3u8 last: it is refused, and so is removing old versions';
  return wrong(
    'retention',
    'storage-retention',
    `a retention policy keeps every object for ${days(retentionSeconds)}`,
    {
      why: retentionLocked ? `${why}; the policy is locked, so that titles need another bucket` : why,
      ...(retentionLocked ? {} : { command: `${update} --clear-retention-period` }),
    },
  );
}

function hold({ defaultEventBasedHold }: BucketFacts, update: string): BucketFinding {
  if (!defaultEventBasedHold) return ok('event-hold', 'new objects are not held');
  return wrong('event-hold', 'storage-hold', 'every new object is held until somebody releases it', {
    why: 'a held object can be neither replaced nor removed, so that a title is published once and never again',
    command: `${update} --no-default-event-based-hold`,
  });
}

function softDelete({ softDeleteSeconds }: BucketFacts, update: string): BucketFinding {
  if (softDeleteSeconds === 0) return ok('soft-delete', 'what is removed is gone, and no longer paid for');
  return advice('soft-delete', `what is replaced or removed is kept for ${days(softDeleteSeconds)} more`, {
    why: 'each re-encode is paid for that long beside its successor; it also brings back what was removed by mistake',
    command: `${update} --clear-soft-delete`,
  });
}

function versioning(facts: BucketFacts, update: string): BucketFinding {
  if (!facts.versioning) return ok('versioning', 'no older versions of objects are kept');
  return advice('versioning', 'older versions of objects are kept, until a lifecycle rule removes them', {
    why: 'each re-encode stays, and is paid for, beside its successors; mediactl keeps older titles by itself (--keep-versions)',
    command: `${update} --no-versioning`,
  });
}

function days(seconds: number): string {
  if (seconds < A_DAY) return `${Math.ceil(seconds / 60)} minutes`;
  const whole = Math.round(seconds / A_DAY);
  return whole === 1 ? 'a day' : `${whole} days`;
}
