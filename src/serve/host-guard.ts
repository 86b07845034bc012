import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Why a request is not answered; null: it may be. A page of the web can make a browser ask here, in two ways:
 * - by a name of its own that leads to this machine (DNS rebinding): then that name is in Host. Numbers lead nowhere
 *   else, so any of them will do, and `names` that were given on the command line;
 * - by an address of this server: then the browser says so (Sec-Fetch-Site; Origin of what is posted), and only
 *   `allowedOrigin` may. Programs that are no browsers send neither.
 */
export function whyRefused(
  { headers, method = 'GET' }: Pick<IncomingMessage, 'headers' | 'method'>,
  { names, allowedOrigin }: { readonly names: readonly string[]; readonly allowedOrigin: string | null },
): string | null {
  const { host = '', origin } = headers;
  if (!isOwnName(host, names)) return 'this server has another name';
  const isReading = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  if (origin !== undefined && origin !== `http://${host}` && !(isReading && isAllowed(origin, allowedOrigin))) {
    return 'other pages may not ask here';
  }
  // A link that somebody follows, or an address that is typed, is a navigation.
  const isElsewhere = ['cross-site', 'same-site'].includes(String(headers['sec-fetch-site']));
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (isElsewhere && !isVisit && allowedOrigin === null) return 'other pages may not ask here';
  return null;
}

/** What Access-Control-Allow-Origin says; null: nothing. */
export function allowedFor(origin: string | undefined, allowedOrigin: string | null): string | null {
  if (allowedOrigin === '*') return '*';
  return origin !== undefined && origin === allowedOrigin ? origin : null;
}

function isAllowed(origin: string, allowedOrigin: string | null): boolean {
  return allowedFor(origin, allowedOrigin) !== null;
}

function isOwnName(host: string, names: readonly string[]): boolean {
  if (!URL.canParse(`http://${host}/`)) return false;
  const { hostname: name, username, pathname } = new URL(`http://${host}/`);
  if (username !== '' || pathname !== '/') return false;
  const bare = name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  const own = ['localhost', ...names].map((each) => each.toLowerCase());
  return isIP(bare) !== 0 || bare.endsWith('.localhost') || own.includes(bare);
}

/** By what other machines may call this one, when they may ask at all. */
export function ownNames(host: string): readonly string[] {
  return [host, hostname(), `${hostname()}.local`];
}
