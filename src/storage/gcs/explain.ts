import { MediactlError, type ErrorCode } from '../../errors.js';
import { printable } from '../../model/text.js';
import { ApiFailure, isCertificateTrouble } from '../http/failure.js';
import { TransportError } from '../http/transport-error.js';
import { GaveUp, triedOften } from '../retry.js';
import { ChecksumFailure, CredentialsFailure, isChecksumRefusal, isPublicAccessPrevented } from './failure.js';

/** What was attempted, for the message. */
export interface Attempted {
  /** "write", "read", "list" …: completes "could not … gs://bucket/name". */
  readonly verb: string;
  /** "gs://bucket/name" */
  readonly name: string;
  readonly bucket: string;
  /** Without a token 401 means something else. */
  readonly anonymous: boolean;
  readonly endpoint: string;
}

/**
 * A failure of the storage as the user should read it, with a stable code. The server's own words are quoted;
 * requests, tokens and addresses of upload sessions never are. Other errors come back as they are.
 */
export function explain(error: unknown, attempted: Attempted): unknown {
  const [last, tries] = error instanceof GaveUp ? [error.cause, error] : [error, null];
  const known = explainKnown(last, attempted);
  if (known === null) return error;
  const code = tries && UNAVAILABLE_AFTER.has(known.code) ? 'storage-unavailable' : known.code;
  const often = tries === null ? '' : triedOften(tries);
  return new MediactlError(code, `could not ${attempted.verb} ${printable(attempted.name)}`, {
    reason: printable(`${known.reason}${often}`),
    hint: known.hint,
  });
}

/** Lost races are told apart from failures: nothing was changed by us. */
export function conflictOn(attempted: Attempted): MediactlError {
  return new MediactlError('storage-conflict', `could not ${attempted.verb} ${printable(attempted.name)}`, {
    reason: 'somebody else changed it in the meantime',
    hint: 'see who else publishes there (another mediactl?), then run the same command again',
  });
}

interface Known {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

const UNAVAILABLE_AFTER: ReadonlySet<ErrorCode> = new Set(['storage-rejected', 'storage-unavailable']);

function explainKnown(error: unknown, attempted: Attempted): Known | null {
  if (error instanceof ApiFailure) return ofAnswer(error, attempted);
  if (error instanceof ChecksumFailure) return { ...CHECKSUM, reason: error.message };
  if (error instanceof CredentialsFailure) {
    const hint = error.kind === 'key-file' ? KEY_FILE : SIGN_IN;
    return { code: 'storage-auth', reason: error.message, hint };
  }
  if (!(error instanceof TransportError)) return null;
  const host = new URL(attempted.endpoint).host;
  const reason = `${host}: ${error.message}`;
  if (isCertificateTrouble(error.code)) {
    return { code: 'storage-unavailable', reason, hint: 'NODE_EXTRA_CA_CERTS names certificates of your own to trust' };
  }
  if (error.byProxy) return { code: 'storage-unavailable', reason, hint: PROXY };
  return { code: 'storage-unavailable', reason, hint: 'check the network and run the same command again: it goes on' };
}

const SIGN_IN =
  'sign in with `gcloud auth application-default login`, or name a service account key with GOOGLE_APPLICATION_CREDENTIALS';

const KEY_FILE =
  'name with --key-file a key as `gcloud iam service-accounts keys create` writes it, of an account that still has it';

const PROXY = 'check HTTPS_PROXY (http://HOST:PORT, or http://NAME:PASSWORD@HOST:PORT), or name the host in NO_PROXY';

const CHECKSUM: Known = {
  code: 'storage-checksum',
  reason: '',
  hint: 'run the same command again; if it stays, suspect memory, disk or a proxy that changes what passes through',
};

function ofAnswer(failure: ApiFailure, attempted: Attempted): Known {
  const { status, reason: word, message } = failure;
  const said = `Google answered ${status}: ${message}`;
  const bucket = `gs://${attempted.bucket}`;
  if (isChecksumRefusal(status, message)) return { ...CHECKSUM, reason: said };
  if (isRequesterPays(word, message)) {
    return {
      code: 'storage-requester-pays',
      reason: said,
      hint: 'name the project that pays for requests with --user-project',
    };
  }
  if (status === 400 && /user ?project.* (is )?invalid/i.test(message)) {
    return { code: 'storage-wrong-project', reason: said, hint: 'check the name of the project in --user-project' };
  }
  if (/hold/i.test(word) || /under (an )?active .*hold/i.test(message)) {
    const hint = `release it: gcloud storage objects update ${attempted.name} --no-temporary-hold --no-event-based-hold`;
    return { code: 'storage-hold', reason: said, hint };
  }
  if (/retention/i.test(word) || (status === 403 && /retention/i.test(message))) {
    const hint = `what is there can be neither replaced nor removed before its time; see: gcloud storage buckets describe ${bucket} --format="value(retention_policy)"`;
    return { code: 'storage-retention', reason: said, hint };
  }
  if (isPublicAccessPrevented(failure)) {
    return { code: 'storage-rejected', reason: said, hint: `leave out --acl: nothing in ${bucket} may be public` };
  }
  switch (status) {
    case 401:
      return {
        code: 'storage-auth',
        reason: said,
        hint: attempted.anonymous ? `it is asked without credentials; ${SIGN_IN}` : SIGN_IN,
      };
    case 403:
      return { code: 'storage-forbidden', reason: said, hint: permissionHint(message, bucket) };
    case 404:
      return {
        code: 'storage-not-found',
        reason: said,
        hint: `check the name; is it there? gcloud storage buckets describe ${bucket} (a deleted one: gcloud storage ls --soft-deleted --buckets)`,
      };
    case 412:
      return { code: 'storage-conflict', reason: said, hint: 'run the same command again' };
    case 408:
    case 429:
      return {
        code: 'storage-unavailable',
        reason: said,
        hint: 'wait a little and run the same command again: it goes on',
      };
    default:
      if (status >= 500) {
        const hint = 'see https://status.cloud.google.com, then run the same command again: it goes on';
        return { code: 'storage-unavailable', reason: said, hint };
      }
      return { code: 'storage-rejected', reason: said, hint: rejectedHint(message, bucket) };
  }
}

function isRequesterPays(word: string, message: string): boolean {
  return /^userProject(Missing|Required)?$/i.test(word) || /requester pays/i.test(message);
}

function permissionHint(message: string, bucket: string): string {
  const permission = /\b(storage\.[a-zA-Z.]+|serviceusage\.services\.use)\b/.exec(message)?.[1];
  if (permission === 'serviceusage.services.use')
    return 'give the account roles/serviceusage.serviceUsageConsumer on the project that pays';
  const missing = permission === undefined ? '' : `${permission} is missing: `;
  const role = (permission !== undefined && BUCKET_ROLES[permission]) || 'roles/storage.objectUser';
  return `${missing}gcloud storage buckets add-iam-policy-binding ${bucket} --member=ACCOUNT --role=${role}`;
}

/** The least that gives the permission on one bucket. */
const BUCKET_ROLES: Readonly<Record<string, string>> = {
  'storage.buckets.get': 'roles/storage.legacyBucketReader',
  'storage.buckets.update': 'roles/storage.legacyBucketOwner',
};

function rejectedHint(message: string, bucket: string): string {
  if (/uniform bucket-level access/i.test(message)) {
    return `leave out --acl: ${bucket} has uniform access, so who may read is set on the bucket`;
  }
  if (/kms|encryption key|cryptoKey/i.test(message)) {
    return 'check --kms-key: the name of the key, its location (that of the bucket), and that the storage service agent may use it';
  }
  return 'check the settings for this destination';
}
