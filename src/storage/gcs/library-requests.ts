import type { gaxios } from 'google-auth-library';
import { isLinkLocal } from '../http/link-local.js';

type Gaxios = typeof gaxios.Gaxios;
type Options = NonNullable<Parameters<InstanceType<Gaxios>['request']>[0]>;

/** Long for a token, and shorter than the patience with a source of tokens. */
const REQUEST_MS = 10_000;

const watched = new WeakSet<Gaxios>();

/**
 * Google's library makes requests for tokens in many places, some of which take no options; all of them go through
 * this one class. From now on each request ends after ten seconds without an answer, its socket closed, or when its own
 * signal aborts, and none for an identity of this machine goes to a proxy.
 */
export function watchRequests(library: Gaxios): void {
  if (watched.has(library)) return;
  watched.add(library);
  const { prototype } = library;
  // Called with the `this` of its caller.
  // eslint-disable-next-line typescript/unbound-method
  const { request } = prototype;
  prototype.request = async function <T>(
    this: InstanceType<Gaxios>,
    options: Options = {},
  ): Promise<gaxios.GaxiosResponse<T>> {
    const limit = AbortSignal.timeout(REQUEST_MS);
    const given: unknown = options.signal;
    try {
      return await request.call<typeof this, [Options], Promise<gaxios.GaxiosResponse<T>>>(this, {
        ...options,
        signal: given instanceof AbortSignal ? AbortSignal.any([given, limit]) : limit,
        noProxy: isForThisMachine(options) ? [EVERYTHING] : (options.noProxy ?? []),
      });
    } catch (error) {
      if (!limit.aborted) throw error;
      const late = new Error(`${hostOf(options)} did not answer within ${REQUEST_MS / 1000} s`);
      throw Object.assign(late, { code: 'ETIMEDOUT' });
    }
  };
}

const EVERYTHING = /^/;

/** Wherever a metadata server is said to be: what is asked there says so in a header. */
function isForThisMachine(options: Options): boolean {
  const names = Object.keys(options.headers ?? {}).map((name) => name.toLowerCase());
  return isLinkLocal(hostOf(options)) || names.some((name) => /^(x-aws-ec2-)?metadata-/.test(name));
}

function hostOf({ baseURL, url }: Options): string {
  const address = `${baseURL?.toString() ?? ''}${url?.toString() ?? ''}`;
  return URL.canParse(address) ? new URL(address).hostname : 'the server';
}
