import { failureOf } from '../http/failure.js';
import type { HttpResponse } from '../http/message.js';
import { hasStatus, type Api, type CallOptions, type ServedRequest } from './api.js';
import { BUCKET_FIELDS, parseBucket, parsePermissions, parsePublicRoles, type BucketFacts } from './bucket-resource.js';
import { attemptOn, explain } from './explain.js';

/**
 * A bucket as such: its settings, who may do what, and its objects as players get them.
 * Everything throws MediactlError storage-….
 */
export class BucketAdmin {
  /** "gs://bucket" */
  readonly name: string;
  /** Asked without credentials. */
  readonly anonymous: boolean;
  readonly #api: Api;
  readonly #onRetry: CallOptions['onRetry'];

  /** `onRetry`: told of each request that is made again. */
  constructor(api: Api, onRetry?: CallOptions['onRetry']) {
    this.#api = api;
    this.#onRetry = onRetry;
    this.anonymous = api.anonymous;
    this.name = `gs://${api.bucket}`;
  }

  async facts(): Promise<BucketFacts> {
    const query = { fields: BUCKET_FIELDS };
    return this.#try('see the settings of', async () =>
      parseBucket((await this.#api.send({ method: 'GET', bucketPath: '', query })).body),
    );
  }

  /** Which of these the caller has; asking needs none. */
  async permissionsAmong(permissions: readonly string[]): Promise<string[]> {
    const query = { permissions };
    return this.#try('see the permissions on', async () =>
      parsePermissions((await this.#api.send({ method: 'GET', bucketPath: '/iam/testPermissions', query })).body),
    );
  }

  /** The roles that everybody on the internet has. */
  async publicRoles(): Promise<string[]> {
    return this.#try('see the access policy of', async () =>
      parsePublicRoles((await this.#api.send({ method: 'GET', bucketPath: '/iam' })).body),
    );
  }

  /**
   * Changes settings, each key replaced as a whole; null when the bucket is no longer of that metageneration. After a
   * lost answer the change may have been made though null comes back: look again.
   */
  async change(settings: Readonly<Record<string, unknown>>, metageneration: string): Promise<BucketFacts | null> {
    const request = {
      method: 'PATCH',
      bucketPath: '',
      query: { ifMetagenerationMatch: metageneration, fields: BUCKET_FIELDS },
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: [Buffer.from(JSON.stringify(settings))],
    } as const;
    return this.#try('change the settings of', async () => {
      try {
        return parseBucket((await this.#api.send(request)).body);
      } catch (error) {
        if (hasStatus(error, 412)) return null;
        throw error;
      }
    });
  }

  /** An object at its own address, as a player asks for it. Refusals are answers, too. */
  async served(request: ServedRequest): Promise<HttpResponse> {
    return this.#try('fetch an object of', async () => {
      const response = await this.#api.fetchServed(request);
      if (response.status >= 500 || response.status === 429) throw failureOf(response);
      return response;
    });
  }

  async #try<T>(verb: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#api.retrying(work, { onRetry: this.#onRetry });
    } catch (error) {
      throw explain(error, attemptOn(this.#api, verb, null));
    }
  }
}
