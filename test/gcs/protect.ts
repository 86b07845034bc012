import { ApiError } from './api-error.js';
import { policySeconds, type Bucket } from './bucket.js';
import { rfc3339 } from './clock.js';
import type { ObjectRecord } from './object-record.js';

/** "Object holds" and "Retention policies": what may not be deleted or replaced. @throws ApiError 403 */
export function checkProtected(bucket: Bucket, record: ObjectRecord, now: number): void {
  const { temporaryHold, eventBasedHold } = record.metadata;
  const hold = temporaryHold === true ? 'Temporary' : eventBasedHold === true ? 'Event-Based' : null;
  if (hold !== null) {
    throw new ApiError(
      403,
      'objectUnderActiveHold',
      `Object '${record.bucket}/${record.name}' is under active ${hold} hold and cannot be deleted, overwritten or archived until hold is removed.`,
    );
  }
  const until = record.retainedFrom + policySeconds(bucket, 'retentionPolicy', 'retentionPeriod') * 1000;
  if (until > now) {
    throw new ApiError(
      403,
      'retentionPolicyNotMet',
      `Object '${record.bucket}/${record.name}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until ${rfc3339(until)}`,
    );
  }
}
