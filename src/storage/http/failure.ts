import type { Credentials } from '../credentials.js';
import { retryAfterMs, type Verdict } from '../retry.js';
import type { HttpResponse } from './message.js';
import { TransportError } from './transport-error.js';

/** An answer that says no. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  /** The API's word for it ("rateLimitExceeded"), "" when it gave none. */
  readonly reason: string;
  readonly retryAfterMs: number | null;

  constructor(status: number, reason: string, message: string, afterMs: number | null = null) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = afterMs;
  }
}

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

/** The failure an answer tells of: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function failureOf(response: HttpResponse): ApiFailure {
  const { status, headers } = response;
  const after = retryAfterMs(headers['retry-after'], headers.date);
  const { reason, message } = parseError(response.body.toString('utf8'));
  return new ApiFailure(status, reason, message === '' ? `HTTP ${status}` : message, after);
}

/** Whether trying again can help. `everAnswered`: a server that never answered is more likely a wrong address. */
export function judge(error: unknown, everAnswered: boolean): Verdict {
  if (error instanceof ApiFailure) return { retry: isRetryable(error), afterMs: error.retryAfterMs };
  if (error instanceof ChecksumFailure) return { retry: error.retryable, patienceMs: CHECKSUM_PATIENCE_MS };
  if (error instanceof CredentialsFailure) return { retry: error.retryable };
  if (!(error instanceof TransportError)) return { retry: false };
  if (isCertificateTrouble(error.code) || HOPELESS.has(error.code)) return { retry: false };
  const wrongAddress = !everAnswered && (error.code === 'ENOTFOUND' || error.code === 'ECONNREFUSED');
  return { retry: true, ...(wrongAddress ? { patienceMs: FIRST_CONTACT_MS } : {}) };
}

const HOPELESS: ReadonlySet<string> = new Set(['EPROTO', 'EPROXYREFUSED']);

// Bits do flip on the way, but not for minutes.
const CHECKSUM_PATIENCE_MS = 60_000;
const FIRST_CONTACT_MS = 15_000;

function isRetryable({ status, reason, message }: ApiFailure): boolean {
  if (status === 408 || status === 429 || status >= 500) return true;
  if (status === 403 && /^(user)?rateLimitExceeded$/i.test(reason)) return true;
  return isChecksumRefusal(status, message);
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

export function isCertificateTrouble(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/.test(code);
}

function parseError(text: string): { reason: string; message: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Upload endpoints and proxies answer in plain text or HTML.
    const plain = text
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    return { reason: '', message: plain.slice(0, 300) };
  }
  const error = property(value, 'error');
  const [first]: unknown[] = listOf(property(error, 'errors'));
  const message = property(error, 'message') ?? property(first, 'message') ?? error;
  const reason = property(first, 'reason') ?? property(error, 'status');
  return { reason: typeof reason === 'string' ? reason : '', message: typeof message === 'string' ? message : '' };
}

function property(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
