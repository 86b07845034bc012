import type { ErrorCode } from '../../errors.js';
import type { ApiFailure } from '../http/failure.js';
import { renewHint, type Explanation } from './explain-credentials.js';
import { isChecksumRefusal, isPublicAccessPrevented } from './failure.js';
import type { Who } from './who.js';

/** What was asked for, as far as a hint needs it. */
interface Asked {
  /** "gs://bucket/name" */
  readonly name: string;
  readonly bucket: string;
  readonly who: Who;
}

/** One way in which the service says no. */
interface Refusal {
  readonly when: (failure: ApiFailure) => boolean;
  readonly code: ErrorCode;
  readonly hint: (asked: Asked, message: string) => string;
}

/** A refusal of the service as the user should read it; the server's own words are quoted. */
export function explainAnswer(failure: ApiFailure, asked: Asked): Explanation {
  const { status, message } = failure;
  const { code, hint } = REFUSALS.find(({ when }) => when(failure)) ?? REJECTED;
  return { code, reason: `Google answered ${status}: ${message}`, hint: hint(asked, message) };
}

/** What to do when bytes changed on their way. */
export const CHECKSUM_HINT =
  'run the same command again; if this persists, suspect memory, disk or a proxy that changes data';

const GOES_ON = 'wait a little and run the same command again: it resumes';

const REJECTED: Refusal = {
  when: () => true,
  code: 'storage-rejected',
  hint: ({ bucket }, message) => rejectedHint(message, bucket),
};

/**
 * The first that fits counts: what a status alone would not tell stands before the statuses.
 * https://cloud.google.com/storage/docs/json_api/v1/status-codes
 */
const REFUSALS: readonly Refusal[] = [
  {
    when: ({ status, message }) => isChecksumRefusal(status, message),
    code: 'storage-checksum',
    hint: () => CHECKSUM_HINT,
  },
  {
    when: ({ reason, message }) => /^userProject(Missing|Required)?$/i.test(reason) || /requester pays/i.test(message),
    code: 'storage-requester-pays',
    hint: () => 'name the project that pays for requests with --user-project',
  },
  {
    when: ({ status, message }) => status === 400 && /user ?project.* (is )?invalid/i.test(message),
    code: 'storage-wrong-project',
    hint: () => 'check the name of the project in --user-project',
  },
  {
    when: ({ reason, message }) => /hold/i.test(reason) || /under (an )?active .*hold/i.test(message),
    code: 'storage-hold',
    hint: ({ name }) => `release it: gcloud storage objects update ${name} --no-temporary-hold --no-event-based-hold`,
  },
  {
    when: ({ status, reason, message }) => /retention/i.test(reason) || (status === 403 && /retention/i.test(message)),
    code: 'storage-retention',
    hint: ({ bucket }) =>
      `existing objects can be neither replaced nor removed before the period ends; see: gcloud storage buckets describe gs://${bucket} --format="value(retention_policy)"`,
  },
  {
    when: isPublicAccessPrevented,
    code: 'storage-rejected',
    hint: ({ bucket }) => `leave out --acl: nothing in gs://${bucket} may be public`,
  },
  {
    when: ({ status }) => status === 401,
    code: 'storage-auth',
    hint: ({ who }) => renewHint(who),
  },
  {
    when: ({ status }) => status === 403,
    code: 'storage-forbidden',
    hint: ({ bucket, who }, message) => permissionHint(message, bucket, who),
  },
  {
    when: ({ status }) => status === 404,
    code: 'storage-not-found',
    hint: ({ bucket }) =>
      `check the name; does it exist? gcloud storage buckets describe gs://${bucket} (a deleted one: gcloud storage ls --soft-deleted --buckets)`,
  },
  { when: ({ status }) => status === 412, code: 'storage-conflict', hint: () => 'run the same command again' },
  { when: ({ status }) => status === 408 || status === 429, code: 'storage-unavailable', hint: () => GOES_ON },
  {
    when: ({ status }) => status >= 500,
    code: 'storage-unavailable',
    hint: () => 'see https://status.cloud.google.com, then run the same command again: it resumes',
  },
];

function permissionHint(message: string, bucket: string, { text, account }: Who): string {
  const permission = /\b(storage\.[a-zA-Z.]+|serviceusage\.services\.use)\b/.exec(message)?.[1];
  if (permission === 'serviceusage.services.use')
    return `give ${text} the role roles/serviceusage.serviceUsageConsumer on the project that pays`;
  const missing = `${text} ${permission === undefined ? 'may not' : `lacks ${permission}`}: `;
  const member = account === null ? 'ACCOUNT' : `serviceAccount:${account}`;
  const role = (permission !== undefined && BUCKET_ROLES[permission]) || 'roles/storage.objectUser';
  return `${missing}gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=${member} --role=${role}`;
}

/** The least that gives the permission on one bucket. */
const BUCKET_ROLES: Readonly<Record<string, string>> = {
  'storage.buckets.get': 'roles/storage.legacyBucketReader',
  'storage.buckets.update': 'roles/storage.legacyBucketOwner',
};

function rejectedHint(message: string, bucket: string): string {
  if (/uniform bucket-level access/i.test(message)) {
    return `leave out --acl: gs://${bucket} has uniform access, so who may read is set on the bucket`;
  }
  if (/kms|encryption key|cryptoKey/i.test(message)) {
    return 'check --kms-key: the name of the key, its location (that of the bucket), and that the storage service agent may use it';
  }
  return 'check the settings for this destination';
}
