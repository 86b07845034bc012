import type { Credentials } from '../credentials.js';
import type { Identity } from './api.js';
import { CredentialsFailure } from './failure.js';
import { whoByChoice, type Who } from './who.js';

/** Where tokens come from: Google's library, in real life. */
export interface TokenSource {
  /** The Authorization header and its like, from a cached token while that is good. */
  getRequestHeaders(): Promise<Readonly<Record<string, string>>>;
  /** Whose they are; null while that is not known. */
  who?(): Who | null;
}

/** Makes a source without any cached token. */
export type TokenSourceMaker = (credentials: Credentials) => Promise<TokenSource>;

/** `signal`: ends the wait for a token at once, whatever its source still does. */
export function identityOf(credentials: Credentials, makeSource: TokenSourceMaker, signal?: AbortSignal): Identity {
  if (credentials.kind === 'anonymous')
    return { anonymous: true, who: whoByChoice(credentials), renewable: false, headers: () => Promise.resolve({}) };
  if (credentials.kind === 'access-token' && credentials.impersonate === null) {
    return fixedToken(credentials.token, whoByChoice(credentials));
  }
  return new RenewableIdentity(credentials, makeSource, signal);
}

function fixedToken(token: string, who: Who): Identity {
  return {
    anonymous: false,
    who,
    renewable: false,
    headers: () => {
      if (/^[\x21-\x7e]+$/.test(token)) return Promise.resolve({ authorization: `Bearer ${token}` });
      return Promise.reject(new CredentialsFailure('the access token contains invalid characters', false));
    },
  };
}

const TOKEN_MS = 30_000;
/** Requests that were under way together are refused together: one new token is for all of them. */
const FRESH_MS = 10_000;

class RenewableIdentity implements Identity {
  readonly anonymous = false;
  readonly renewable = true;
  readonly #credentials: Credentials;
  readonly #makeSource: TokenSourceMaker;
  readonly #signal: AbortSignal | undefined;
  #source: Promise<TokenSource> | null = null;
  #madeAt = 0;
  #who: () => Who | null = () => null;

  constructor(credentials: Credentials, makeSource: TokenSourceMaker, signal: AbortSignal | undefined) {
    this.#credentials = credentials;
    this.#makeSource = makeSource;
    this.#signal = signal;
  }

  get who(): Who {
    return this.#who() ?? whoByChoice(this.#credentials);
  }

  async headers(renew: boolean): Promise<Readonly<Record<string, string>>> {
    if (this.#source === null || (renew && performance.now() - this.#madeAt > FRESH_MS)) {
      this.#source = this.#makeSource(this.#credentials);
      this.#madeAt = performance.now();
    }
    const source = this.#source;
    try {
      const headers = await inTime(
        source.then((made) => {
          this.#who = () => made.who?.() ?? null;
          return made.getRequestHeaders();
        }),
        this.#signal,
      );
      // Without a token the request would go out as nobody's.
      const hasToken = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
      if (!hasToken) throw new CredentialsFailure('the credentials give no token', false);
      return headers;
    } catch (error) {
      if (this.#source === source) this.#source = null;
      this.#signal?.throwIfAborted();
      throw asCredentialsFailure(error, this.#credentials.kind);
    }
  }
}

async function inTime<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    const message = `no token came within ${TOKEN_MS / 1000} s`;
    timer = setTimeout(() => reject(new CredentialsFailure(message, true)), TOKEN_MS);
    // Whoever waits throws the signal's own reason.
    stop = (): void => reject(new Error('aborted'));
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** Only words of it: the library's errors carry whole requests, with keys and refresh tokens. */
function asCredentialsFailure(error: unknown, kind: Credentials['kind']): CredentialsFailure {
  if (error instanceof CredentialsFailure) return error;
  if (error instanceof SyntaxError) return new CredentialsFailure('the key file is not JSON', false, kind);
  const message = error instanceof Error ? error.message : 'the credentials could not be used';
  // What OpenSSL says of a key that is none.
  if (/\b(DECODER|PEM|asn1 encoding) routines\b/.test(message)) {
    return new CredentialsFailure('the private key in the key file cannot be read', false, kind);
  }
  return new CredentialsFailure(redact(message), isPassing(error), kind);
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = 'status' in error ? Number(error.status) : Number.NaN;
  const code = 'code' in error ? String(error.code) : '';
  return status >= 500 || status === 429 || /^(ECONN|ETIMEDOUT|EAI_AGAIN|EPIPE|ENETUNREACH|EHOSTUNREACH)/.test(code);
}

/** Whatever looks like a token or a key goes. */
export function redact(text: string): string {
  return text
    .replace(/-----BEGIN[^]*?(-----END[^-]*-----|$)/g, '[key]')
    .replace(/\b(ya29\.|1\/\/)[\w.-]+/g, '[token]')
    .replace(/[\w+/=-]{48,}/g, '[…]');
}
