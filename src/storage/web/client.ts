import { failureOf } from '../http/failure.js';
import type { HttpRequest, HttpResponse } from '../http/message.js';
import { proxyFor } from '../http/proxy.js';
import { Transport, type TimeLimits } from '../http/transport.js';
import { checkedLookup, isPrivateAddress, literalAddress } from './private-address.js';

/** An address that mediactl does not follow. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export interface WebClientOptions {
  /** For the proxy on the way. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limits: TimeLimits;
  readonly signal?: AbortSignal | undefined;
  readonly isPrivate?: (address: string) => boolean;
}

const MOST_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const SOCKETS = 16;

/**
 * Reads one address of the web. Redirects are followed to http and https only, not from https down to http, and not
 * from the public network into a private one: a server outside must not choose what is read inside. User and password
 * of the address go to its own host only.
 */
export class WebClient {
  readonly #url: URL;
  readonly #authorization: string | null;
  readonly #isPrivate: (address: string) => boolean;
  readonly #first: Transport;
  readonly #further: Transport;
  #startsPrivate = false;
  /** Where the last redirect led; asked directly until it says no. */
  #target: URL | null = null;

  constructor(url: URL, { limits, signal, env = {}, isPrivate = isPrivateAddress }: WebClientOptions) {
    this.#isPrivate = isPrivate;
    const auth = [url.username, url.password].map(decoded).join(':');
    this.#authorization = auth === ':' ? null : `Basic ${Buffer.from(auth).toString('base64')}`;
    this.#url = withoutUser(url);
    const noted = checkedLookup((address) => {
      if (this.#isPrivate(address)) this.#startsPrivate = true;
    });
    const guarded = checkedLookup((address) => this.#guard(address));
    const common = { sockets: SOCKETS, limits, signal, proxyFor: (address: string) => proxyFor(address, env) };
    this.#first = new Transport({ ...common, lookup: noted });
    this.#further = new Transport({ ...common, lookup: guarded });
    const literal = literalAddress(this.#url.hostname);
    if (literal !== null && isPrivate(literal)) this.#startsPrivate = true;
  }

  /** One attempt. Throws ApiFailure for what is neither 2xx nor a redirect, TransportError, Refused. */
  async get(request: Pick<HttpRequest, 'headers' | 'receive'>): Promise<HttpResponse> {
    const remembered = this.#target;
    if (remembered !== null) {
      const response = await this.#ask(remembered, request);
      if (response.status < 300) return response;
      // A signed target ends before the address that leads to it.
      this.#target = null;
    }
    let url = this.#url;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const response = await this.#ask(url, request);
      if (!REDIRECTS.includes(response.status)) {
        if (response.status >= 300) throw failureOf(response);
        this.#target = url === this.#url ? null : url;
        return response;
      }
      url = this.#next(url, response.headers.location);
    }
    throw new Refused(`it redirects more than ${MOST_REDIRECTS} times`);
  }

  close(): void {
    this.#first.close();
    this.#further.close();
  }

  async #ask(url: URL, { headers, receive }: Pick<HttpRequest, 'headers' | 'receive'>): Promise<HttpResponse> {
    const own = url.origin === this.#url.origin;
    const authorization = own && this.#authorization !== null ? { authorization: this.#authorization } : {};
    return (own ? this.#first : this.#further).exchange({
      method: 'GET',
      url: url.href,
      maxAnswerBytes: MOST_WORDS,
      receive,
      headers: { 'user-agent': 'mediactl', accept: '*/*', 'accept-encoding': 'identity', ...authorization, ...headers },
    });
  }

  #next(from: URL, location: string | undefined): URL {
    if (location === undefined || !URL.canParse(location, from.href)) throw new Refused('it redirects to no address');
    const to = withoutUser(new URL(location, from.href));
    if (to.protocol !== 'https:' && to.protocol !== 'http:') {
      throw new Refused(`it redirects to ${to.protocol}, which is not read`);
    }
    if (from.protocol === 'https:' && to.protocol === 'http:') {
      throw new Refused(`it redirects from https down to http (${to.origin})`);
    }
    const literal = literalAddress(to.hostname);
    if (literal !== null && to.origin !== this.#url.origin) this.#guard(literal);
    return to;
  }

  #guard(address: string): void {
    if (this.#startsPrivate || !this.#isPrivate(address)) return;
    throw Object.assign(new Refused(`it redirects into a private network (${address})`), { code: PRIVATE_CODE });
  }
}

/** How a Refused of the resolver comes back from the transport. */
export const PRIVATE_CODE = 'EPRIVATE';

/** What an error page may say. */
const MOST_WORDS = 1024 * 1024;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutUser(url: URL): URL {
  const plain = new URL(url.href);
  plain.username = '';
  plain.password = '';
  plain.hash = '';
  return plain;
}
