import { printable } from '../../model/text.js';
import type { BucketFacts } from '../../storage/gcs/bucket-resource.js';
import { advice, ok, type BucketFinding } from './finding.js';
import type { Names } from './finding.js';

/** Where objects lie, in which class, under whose key. */
export function placementFindings(facts: BucketFacts, { bucket }: Names): BucketFinding[] {
  return [classFinding(facts, bucket), encryptionFinding(facts)];
}

function classFinding({ storageClass, location, locationType, autoclass }: BucketFacts, bucket: string): BucketFinding {
  const where = printable(`${location}${locationType === '' ? '' : ` (${locationType})`}`);
  if (autoclass) return ok('storage-class', `${where}; Autoclass chooses the class of each object`);
  // What is no colder than STANDARD: the classes of old buckets, too.
  if (!['NEARLINE', 'COLDLINE', 'ARCHIVE'].includes(storageClass))
    return ok('storage-class', `${storageClass} in ${where}`);
  return advice('storage-class', `new objects are ${storageClass}, in ${where}`, {
    why: 'each segment watched is billed as a retrieval, and each one replaced early as if it had stayed',
    command: `gcloud storage buckets update ${bucket} --default-storage-class=STANDARD`,
  });
}

/** A key that cannot be used shows when the trial object is written. */
function encryptionFinding({ kmsKey }: BucketFacts): BucketFinding {
  return ok(
    'encryption',
    kmsKey === null ? 'with Google-managed keys' : `with ${printable(kmsKey)}: while it is disabled, nothing plays`,
  );
}
