import { MediactlError, type ErrorCode } from '../../errors.js';
import { printable } from '../../model/text.js';
import { ApiFailure, askedToWait, isCertificateTrouble, isWrongAddress } from '../http/failure.js';
import { TransportError } from '../http/transport-error.js';
import { GaveUp, triedOften } from '../retry.js';
import type { Api } from './api.js';
import { CHECKSUM_HINT, explainAnswer } from './explain-answer.js';
import { explainNoToken, type Explanation } from './explain-credentials.js';
import { ChecksumFailure, CredentialsFailure } from './failure.js';
import type { Who } from './who.js';

/** What was attempted, for the message. */
export interface Attempted {
  /** "write", "read", "list" …: completes "could not … gs://bucket/name". */
  readonly verb: string;
  /** "gs://bucket/name" */
  readonly name: string;
  readonly bucket: string;
  readonly who: Who;
  readonly endpoint: string;
  /** The server has given an answer of the API before. */
  readonly recognised: boolean;
}

/** `object`: its name, or the beginning of names that was listed; null is the bucket itself. */
export function attemptOn(api: Api, verb: string, object: string | null): Attempted {
  const { bucket, who, endpoint, recognised } = api;
  const name = object === null ? `gs://${bucket}` : `gs://${bucket}/${object}`;
  return { verb, name, bucket, who, endpoint, recognised };
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
    reason: printable(`${known.reason}${often}${askedToWait(last)}`),
    hint: known.hint,
  });
}

/** Lost races are told apart from failures: nothing was changed by us. */
export function conflictOn(attempted: Attempted): MediactlError {
  return new MediactlError('storage-conflict', `could not ${attempted.verb} ${printable(attempted.name)}`, {
    reason: 'someone else changed it in the meantime',
    hint: 'find out who else publishes there (another mediactl?), then run the same command again',
  });
}

const UNAVAILABLE_AFTER: ReadonlySet<ErrorCode> = new Set(['storage-rejected', 'storage-unavailable']);

const WRONG_ADDRESS =
  'check --endpoint, and whether something on the way (a proxy, the login page of a network) answers instead of the bucket';

const PROXY = 'check HTTPS_PROXY (http://HOST:PORT, or http://NAME:PASSWORD@HOST:PORT), or name the host in NO_PROXY';

function explainKnown(error: unknown, attempted: Attempted): Explanation | null {
  if (error instanceof ApiFailure) return explainAnswer(error, attempted);
  if (error instanceof ChecksumFailure) {
    return { code: 'storage-checksum', reason: error.message, hint: CHECKSUM_HINT };
  }
  if (error instanceof CredentialsFailure) return explainNoToken(error, attempted.who);
  if (!(error instanceof TransportError)) return null;
  const host = new URL(attempted.endpoint).host;
  if (isWrongAddress(error, attempted.recognised)) {
    return { code: 'storage-wrong-address', reason: `${host}: ${error.message}`, hint: WRONG_ADDRESS };
  }
  return { code: 'storage-unavailable', reason: `${host}: ${error.message}`, hint: networkHint(error) };
}

function networkHint({ code, byProxy }: TransportError): string {
  if (isCertificateTrouble(code)) return 'NODE_EXTRA_CA_CERTS names certificates of your own to trust';
  return byProxy ? PROXY : 'check the network and run the same command again: it resumes';
}
