import { parseJsonOrUndefined } from '../../model/json.js';
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

/** The failure an answer tells of: https://cloud.google.com/storage/docs/json_api/v1/status-codes */
export function failureOf(response: HttpResponse): ApiFailure {
  const { status, headers } = response;
  const after = retryAfterMs(headers['retry-after'], headers.date);
  const { reason, message } = parseError(response.body.toString('utf8'));
  return new ApiFailure(status, reason, message === '' ? `HTTP ${status}` : message, after);
}

/** Words for how long the server wants to be left alone, where that is longer than anybody waits for it; else none. */
export function askedToWait(error: unknown): string {
  const afterMs = error instanceof ApiFailure ? error.retryAfterMs : null;
  if (afterMs === null || afterMs < 60_000) return '';
  const minutes = Math.ceil(afterMs / 60_000);
  return `; it asks to be left alone for ${minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`}`;
}

/** What is known of a server from its answers so far. */
export interface Acquaintance {
  /** It has answered, whatever. */
  readonly answered: boolean;
  /** It has given an answer that only the server in question gives. */
  readonly recognised: boolean;
}

/** Whether trying again can help. A server that never answered, or only nonsense, is more likely a wrong address. */
export function retryVerdict(error: unknown, { answered, recognised }: Acquaintance): Verdict {
  if (error instanceof ApiFailure) return { retry: isPassing(error), afterMs: error.retryAfterMs };
  if (!(error instanceof TransportError)) return { retry: false };
  if (isCertificateTrouble(error.code) || HOPELESS.has(error.code)) return { retry: false };
  if (isWrongAddress(error, recognised)) return { retry: true, patienceMs: NONSENSE_MS };
  const wrongAddress = !answered && (error.code === 'ENOTFOUND' || error.code === 'ECONNREFUSED');
  return { retry: true, ...(wrongAddress ? { patienceMs: FIRST_CONTACT_MS } : {}) };
}

/** A broken answer of a server that never gave a right one, or of one that knows no parts of an object. */
export function isWrongAddress({ code }: TransportError, recognised: boolean): boolean {
  return code === 'ENORANGE' || (code === 'EBADANSWER' && !recognised);
}

/** Enough for a network that has just been joined. */
const NONSENSE_MS = 5000;

const HOPELESS: ReadonlySet<string> = new Set(['EPROTO', 'EPROXYREFUSED']);

const FIRST_CONTACT_MS = 15_000;

function isPassing({ status }: ApiFailure): boolean {
  return status === 408 || status === 429 || status >= 500;
}

export function isCertificateTrouble(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/.test(code);
}

function parseError(text: string): { reason: string; message: string } {
  const value = parseJsonOrUndefined(text);
  if (value === undefined) {
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
