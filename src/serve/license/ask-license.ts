import { z } from 'zod';
import { MediactlError } from '../../errors.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { printable } from '../../model/text.js';

export interface Ask {
  readonly url: string;
  readonly token: string | null;
  /** 32 hex digits each. */
  readonly kids: readonly string[];
  readonly device: string | null;
  readonly persistent: boolean;
  readonly signal: AbortSignal;
}

/** What a licence server has answered: never the keys themselves. */
export interface LicenseAnswer {
  readonly status: number;
  readonly milliseconds: number;
  /** KIDs of the keys that came, 32 hex digits each; null: it is no licence. */
  readonly kids: readonly string[] | null;
  /** Pages elsewhere may ask, and read what comes. */
  readonly cors: boolean;
  readonly problem: {
    readonly type: string;
    readonly title: string;
    readonly detail: string | null;
    readonly code: string | null;
  } | null;
}

const LONGEST_MS = 15_000;
const LARGEST = 1 << 20;

const licence = z.object({
  keys: z.array(
    z.object({ kty: z.literal('oct'), kid: z.string().regex(/^[\w-]{22}$/), k: z.string().regex(/^[\w-]{22}$/) }),
  ),
});
const problem = z.object({
  type: z.string().max(1000).default('about:blank'),
  title: z.string().max(1000).default(''),
  detail: z.string().max(5000).nullable().default(null),
  code: z.string().max(200).nullable().default(null),
});

/** Asks as the player of a page elsewhere would: a preflight, and then a POST. Throws MediactlError storage-unavailable. */
export async function askLicense(ask: Ask): Promise<LicenseAnswer> {
  const signal = AbortSignal.any([ask.signal, AbortSignal.timeout(LONGEST_MS)]);
  const origin = 'https://page.example';
  const device: Record<string, string> = ask.device === null ? {} : { 'x-device-id': ask.device };
  try {
    const names = ['authorization', 'content-type', ...Object.keys(device)];
    const asking = { 'access-control-request-method': 'POST', 'access-control-request-headers': names.join(',') };
    const preflight = await fetch(ask.url, {
      method: 'OPTIONS',
      headers: { origin, ...asking },
      signal,
      redirect: 'manual',
    });
    const bearer: Record<string, string> = ask.token === null ? {} : { authorization: `Bearer ${ask.token}` };
    const body = JSON.stringify({
      kids: ask.kids.map((kid) => Buffer.from(kid, 'hex').toString('base64url')),
      type: ask.persistent ? 'persistent-license' : 'temporary',
    });
    const began = performance.now();
    const headers = { origin, 'content-type': 'application/json', ...bearer, ...device };
    const response = await fetch(ask.url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const value = parseJsonOrUndefined((await response.text()).slice(0, LARGEST));
    const milliseconds = Math.round(performance.now() - began);
    const { data } = licence.safeParse(response.ok ? value : undefined);
    return {
      status: response.status,
      milliseconds,
      kids: data?.keys.map(({ kid }) => Buffer.from(kid, 'base64url').toString('hex')) ?? null,
      cors: allows(preflight, origin) && allowsHeaders(preflight, names) && allows(response, origin),
      problem: response.ok ? null : (problem.safeParse(value).data ?? null),
    };
  } catch (error) {
    ask.signal.throwIfAborted();
    throw new MediactlError('storage-unavailable', `${printable(new URL(ask.url).host)} cannot be asked for licences`, {
      reason: reasonOf(error),
      cause: error,
    });
  }
}

function allows({ headers }: Response, origin: string): boolean {
  const allowed = headers.get('access-control-allow-origin');
  return allowed === '*' || allowed === origin;
}

/** Fetch standard, 3.2.6: "*" does not stand for Authorization. */
function allowsHeaders({ ok, headers }: Response, names: readonly string[]): boolean {
  const allowed = (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/);
  return ok && names.every((name) => allowed.includes(name) || (allowed.includes('*') && name !== 'authorization'));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
