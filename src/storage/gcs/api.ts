import type { Clock } from '../clock.js';
import { ApiFailure, failureOf } from '../http/failure.js';
import type { HttpRequest, HttpResponse } from '../http/message.js';
import type { Transport } from '../http/transport.js';
import { retrying, type Retry, type RetryBudget, type RetryPolicy, type Verdict } from '../retry.js';
import { gcsRetryVerdict } from './failure.js';
import type { Who } from './who.js';

/** Who asks. */
export interface Identity {
  /** Asked without credentials. */
  readonly anonymous: boolean;
  /** As far as it is known by now. */
  readonly who: Who;
  /** Whether there can be another token when one is refused. */
  readonly renewable: boolean;
  /** The Authorization header and its like; `renew`: the last one was refused. Throws CredentialsFailure. */
  headers(renew: boolean): Promise<Readonly<Record<string, string>>>;
}

export interface ApiOptions {
  readonly transport: Transport;
  /** "https://storage.googleapis.com": no slash at the end. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Billed for a requester-pays bucket. */
  readonly userProject: string | null;
  readonly identity: Identity;
  readonly retry: RetryPolicy;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiRequest extends Pick<HttpRequest, 'method' | 'body' | 'maxAnswerBytes' | 'onSent' | 'receive'> {
  /** Null: the bucket's objects as such. */
  readonly object?: string | null;
  /** Of the bucket and not of its objects: its resource (""), its policy. */
  readonly bucketPath?: '' | '/iam' | '/iam/testPermissions';
  readonly upload?: boolean;
  /** A list is repeated; null is left out. */
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as players and CDNs make it: no API, only an address. */
export interface ServedRequest {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS';
  readonly object: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Without credentials, as a player has none. */
  readonly anonymous: boolean;
}

/** How a call is tried again. */
export interface CallOptions {
  /** Attempts are at least so far apart: for changes to one object. */
  readonly floorMs?: number;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/** The JSON API of one bucket: https://cloud.google.com/storage/docs/json_api. One place for who asks and for retries. */
export class Api {
  readonly #options: ApiOptions;
  #answered = false;
  #recognised = false;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  get bucket(): string {
    return this.#options.bucket;
  }

  /** It has given an answer that only this API gives. */
  get recognised(): boolean {
    return this.#recognised;
  }

  get anonymous(): boolean {
    return this.#options.identity.anonymous;
  }

  get who(): Who {
    return this.#options.identity.who;
  }

  get endpoint(): string {
    return this.#options.endpoint;
  }

  /**
   * Runs `work`, which sends, until it succeeds or should not be tried again. Throws ApiFailure, TransportError,
   * ChecksumFailure, CredentialsFailure; GaveUp with one of them as its cause.
   */
  async retrying<T>(work: (attempt: number) => Promise<T>, options: CallOptions = {}): Promise<T> {
    const { retry, budget, clock, signal } = this.#options;
    const policy = { ...retry, floorMs: Math.max(retry.floorMs, options.floorMs ?? 0) };
    const sending = async (attempt: number): Promise<T> => {
      const result = await work(attempt);
      this.#recognised = true;
      return result;
    };
    return retrying(sending, {
      policy,
      budget,
      clock,
      signal,
      verdictOn: (error) => this.#verdictOn(error),
      onRetry: options.onRetry,
    });
  }

  #verdictOn(error: unknown): Verdict {
    // No other server says why in these words.
    if (error instanceof ApiFailure && error.reason !== '') this.#recognised = true;
    return gcsRetryVerdict(error, { answered: this.#answered, recognised: this.#recognised });
  }

  /** One attempt; a refused token is renewed once. Throws ApiFailure for what is not 2xx. */
  async send(request: ApiRequest): Promise<HttpResponse> {
    const response = await this.#attempt(request, false);
    if (response.status < 300) return response;
    if (response.status !== 401 || !this.#options.identity.renewable) throw failureOf(response);
    const again = await this.#attempt(request, true);
    if (again.status < 300) return again;
    throw failureOf(again);
  }

  /** One attempt on an upload session, whose address is its own authorisation. Gives 308 back, too. */
  async sendToSession(uri: string, request: Omit<ApiRequest, 'object' | 'query' | 'upload'>): Promise<HttpResponse> {
    const { method, headers = {}, body, onSent } = request;
    const response = await this.#options.transport.exchange({ method, url: uri, headers, body, onSent });
    this.#answered = true;
    if (response.status < 300 || response.status === 308) return response;
    throw failureOf(response);
  }

  /** One attempt on the object's own address, endpoint/bucket/object; gives back what comes, refusals, too. */
  async fetchServed({ method, object, headers = {}, anonymous }: ServedRequest): Promise<HttpResponse> {
    const { transport, endpoint, bucket, identity, userProject } = this.#options;
    const payer = userProject === null ? {} : { 'x-goog-user-project': userProject };
    const who = anonymous ? {} : { ...(await identity.headers(false)), ...payer };
    const path = [bucket, ...object.split('/')].map(encodeURIComponent).join('/');
    const response = await transport.exchange({ method, url: `${endpoint}/${path}`, headers: { ...headers, ...who } });
    this.#answered = true;
    return response;
  }

  /** Idle connections; what is under way ends by the signal. */
  close(): void {
    this.#options.transport.close();
  }

  async #attempt(request: ApiRequest, renew: boolean): Promise<HttpResponse> {
    const { transport, identity } = this.#options;
    const who = await identity.headers(renew);
    const response = await transport.exchange({
      method: request.method,
      url: this.#url(request),
      headers: { ...request.headers, ...who },
      body: request.body,
      maxAnswerBytes: request.maxAnswerBytes,
      onSent: request.onSent,
      receive: request.receive,
    });
    this.#answered = true;
    return response;
  }

  #url({ object, bucketPath, upload, query = {} }: ApiRequest): string {
    const { endpoint, bucket, userProject } = this.#options;
    const path = `${upload === true ? '/upload' : ''}/storage/v1/b/${encodeURIComponent(bucket)}`;
    const name = bucketPath ?? (object === null || object === undefined ? '/o' : `/o/${encodeURIComponent(object)}`);
    const asked = Object.entries({ ...query, userProject }).flatMap(([key, value]) =>
      (value === null ? [] : [value].flat()).map((one) => `${key}=${encodeURIComponent(one)}`),
    );
    return `${endpoint}${path}${name}${asked.length === 0 ? '' : `?${asked.join('&')}`}`;
  }
}

/** Whether it is a refusal with that status. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiFailure {
  return error instanceof ApiFailure && statuses.includes(error.status);
}
