import type { Credentials } from '../credentials.js';
import { ApiFailure, retryVerdict, type Acquaintance } from '../http/failure.js';
import type { Verdict } from '../retry.js';

/** What the server stored, sent or confirmed is not what it should be. */
export class ChecksumFailure extends Error {
  override readonly name = 'ChecksumFailure';
  readonly retryable: boolean;

  /** `retryable`: the same request may do better. */
  constructor(message: string, retryable: boolean) {
    super(message);
    this.retryable = retryable;
  }
}

/** The credentials could not be turned into a token. Carries no request and no key. */
export class CredentialsFailure extends Error {
  override readonly name = 'CredentialsFailure';
  readonly retryable: boolean;
  /** Which credentials were to be used. */
  readonly kind: Credentials['kind'] | null;

  constructor(message: string, retryable: boolean, kind: Credentials['kind'] | null = null) {
    super(message);
    this.retryable = retryable;
    this.kind = kind;
  }
}

/** The server found other bytes than the checksum we sent with them: they changed on the way. */
export function isChecksumRefusal(status: number, message: string): boolean {
  return status === 400 && /(crc32c|md5|checksum)/i.test(message) && /match/i.test(message);
}

/** Something else than expected is there. The same status tells of an ACL that the bucket forbids. */
export function isFailedPrecondition(error: unknown): error is ApiFailure {
  return error instanceof ApiFailure && error.status === 412 && !isPublicAccessPrevented(error);
}

/** https://cloud.google.com/storage/docs/public-access-prevention */
export function isPublicAccessPrevented({ message }: ApiFailure): boolean {
  return /public access prevention/i.test(message);
}

/** Whether trying again can help, by what the service documents beyond plain HTTP. See retryVerdict. */
export function gcsRetryVerdict(error: unknown, server: Acquaintance): Verdict {
  if (error instanceof ChecksumFailure) return { retry: error.retryable, patienceMs: CHECKSUM_PATIENCE_MS };
  if (error instanceof CredentialsFailure) return { retry: error.retryable };
  const verdict = retryVerdict(error, server);
  if (!(error instanceof ApiFailure) || verdict.retry) return verdict;
  return { ...verdict, retry: isRateLimit(error) || isChecksumRefusal(error.status, error.message) };
}

// Bits do flip on the way, but not for minutes.
const CHECKSUM_PATIENCE_MS = 60_000;

function isRateLimit({ status, reason }: ApiFailure): boolean {
  return status === 403 && /^(user)?rateLimitExceeded$/i.test(reason);
}
