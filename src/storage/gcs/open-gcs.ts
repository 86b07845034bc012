import { systemClock, type Clock } from '../clock.js';
import { chooseEndpoint, type Credentials } from '../credentials.js';
import { headerPolicy, type HeaderOptions } from '../headers.js';
import { proxyFor } from '../http/proxy.js';
import { DEFAULT_LIMITS, Transport, type TimeLimits } from '../http/transport.js';
import type { Location } from '../location.js';
import { NameTurns } from '../name-turns.js';
import { Pool } from '../pool.js';
import type { Pinned } from '../remote-file/pinned.js';
import { retryTeller } from '../retry-event.js';
import { DEFAULT_RETRY, RetryBudget, type RetryPolicy } from '../retry.js';
import type { StorageEvent } from '../storage-event.js';
import type { Throttle } from '../throttle.js';
import { Api } from './api.js';
import { BucketAdmin } from './bucket-admin.js';
import { GcsStorage } from './gcs-storage.js';
import { googleTokens } from './google-tokens.js';
import { identityOf } from './identity.js';
import { pinObject } from './object-source.js';
import { noSessions, type SessionStore } from './sessions.js';
import type { Placement } from './upload.js';

export interface GcsOptions {
  readonly credentials: Credentials;
  /** Another API endpoint than Google's. */
  readonly endpoint?: string | null;
  /** Pays for requests, where the bucket's owner does not. */
  readonly userProject?: string | null;
  readonly headers?: HeaderOptions;
  readonly placement?: Partial<Placement>;
  /** Requests at once. Default 64; fewer where the throttle is tight. */
  readonly jobs?: number;
  /** Holds what is sent, of all requests together. Default: no limit. */
  readonly throttle?: Throttle | null;
  /** Bytes of objects in memory at once. Default 64 MiB. */
  readonly memory?: number;
  /** Where upload sessions of large files are remembered across a crash. Default: nowhere. */
  readonly sessions?: SessionStore;
  readonly retry?: Partial<RetryPolicy>;
  readonly retryBudget?: number;
  readonly limits?: Partial<TimeLimits>;
  /** Milliseconds between two writes of one name. Default 1010: a second, by the server's clock too. */
  readonly sameNameMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly onEvent?: (event: StorageEvent) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * A storage in a Google Cloud Storage bucket. Google's library gives the credentials (application default, key file,
 * impersonation) and is loaded only for them. Requests are mediactl's own: the library ignores its time limit on
 * resumable uploads, and cannot cut a connection that stalls. Asks nothing of the network by itself.
 * Throws MediactlError usage.
 */
export function openGcs(location: BucketLocation, options: GcsOptions): GcsStorage {
  const { signal, clock = systemClock, sameNameMs = 1010 } = options;
  return new GcsStorage({
    api: openApi(location, options),
    prefix: location.prefix,
    headersFor: headerPolicy(options.headers),
    placement: { storageClass: null, kmsKey: null, predefinedAcl: null, ...options.placement },
    pool: new Pool({ tasks: jobsOf(options), bytes: options.memory ?? 64 * 1024 * 1024 }),
    turns: new NameTurns(sameNameMs, clock),
    sameNameMs,
    sessions: options.sessions ?? noSessions,
    signal,
    onEvent: options.onEvent,
  });
}

/** The bucket of a location as such: its settings, who may do what, how objects are served. Otherwise as openGcs. */
export function openGcsBucket({ bucket }: BucketLocation, options: GcsOptions): BucketAdmin {
  return new BucketAdmin(openApi({ bucket }, options), retryTeller(options.onEvent, ''));
}

/**
 * An object to read from, pinned to the generation that is there now. Throws MediactlError usage, input-not-found,
 * storage-….
 */
export async function openObject(bucket: string, object: string, options: GcsOptions): Promise<Pinned> {
  const api = openApi({ bucket }, options);
  try {
    return await pinObject(api, object, options.onEvent);
  } catch (error) {
    api.close();
    throw error;
  }
}

/** Objects of one bucket to read from, over the same connections. */
export interface BucketReader {
  /** As openObject; what it gives is not closed by itself. */
  open(object: string): Promise<Pinned>;
  close(): void;
}

/** Asks nothing of the network by itself. Throws MediactlError usage. */
export function openReader(bucket: string, options: GcsOptions): BucketReader {
  const api = openApi({ bucket }, options);
  return { open: (object) => pinObject(api, object), close: () => api.close() };
}

type BucketLocation = Extract<Location, { kind: 'gcs' }>;

function openApi({ bucket }: Pick<BucketLocation, 'bucket'>, options: GcsOptions): Api {
  const { credentials, signal, clock = systemClock, env = process.env, throttle = null } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const endpoint = chooseEndpoint(options.endpoint ?? null, credentials, env);
  // What is wrong with it is told before anything is asked.
  proxyFor(endpoint, env);
  return new Api({
    transport: new Transport({
      sockets: jobsOf(options),
      limits,
      signal,
      throttle,
      proxyFor: (address) => proxyFor(address, env),
    }),
    endpoint,
    bucket,
    userProject: options.userProject ?? null,
    identity: identityOf(credentials, (wanted) => googleTokens(wanted, endpoint, env), signal),
    retry: { ...DEFAULT_RETRY, ...options.retry },
    budget: new RetryBudget(options.retryBudget),
    clock,
    signal,
  });
}

function jobsOf({ jobs = 64, throttle }: GcsOptions): number {
  return throttle?.requestsAtOnce(jobs) ?? jobs;
}
