import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { isLinkLocal } from './link-local.js';

/** Where a tunnel goes through. */
export interface Proxy {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** For Proxy-Authorization (RFC 7617); null: none. Never shown. */
  readonly authorization: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an https address: https_proxy, unless no_proxy lists the host; in small
 * letters or capitals. These Google's library reads, too, for tokens; ALL_PROXY it does not. Null: none, as for plain
 * http, which is for servers nearby, and for what only this machine reaches. Throws MediactlError usage.
 */
export function proxyFor(address: string, env: Environment): Proxy | null {
  if (!address.startsWith('https:') || isLinkLocal(new URL(address).hostname)) return null;
  const name = ['https_proxy', 'HTTPS_PROXY'].find((known) => env[known]?.trim());
  const text = name === undefined ? '' : (env[name]?.trim() ?? '');
  if (name === undefined || isExcepted(new URL(address), env['no_proxy'] ?? env['NO_PROXY'] ?? '')) return null;
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(written) ? new URL(written) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') throw unusable(name, text);
  const secure = url.protocol === 'https:';
  return {
    secure,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 443 : 80),
    authorization: url.username === '' && url.password === '' ? null : basic(url, name),
  };
}

/** "example.com" and ".example.com" stand for the host and all below it, "host:8443" for that port only, "*" for all. */
function isExcepted({ hostname, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const [, name = '', onPort] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
    const suffix = (net(entry) ? entry : name).toLowerCase().replace(/^\*?\./, '');
    if (suffix === '' || (!net(entry) && onPort !== undefined && onPort !== (port || '443'))) return false;
    return host === suffix || host.endsWith(`.${suffix}`);
  });
}

/** An IPv6 address without brackets: its colons begin no port. */
function net(entry: string): boolean {
  return /^[^[\]]*:[^[\]]*:/.test(entry);
}

function basic({ username, password }: URL, name: string): string {
  try {
    return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  } catch {
    throw unusable(name, '@');
  }
}

function unusable(name: string, text: string): MediactlError {
  // Not repeated when it may carry a password.
  const shown = text.includes('@') ? '' : `: ${printable(JSON.stringify(text))}`;
  return new MediactlError('usage', `${name} is not a usable proxy address${shown}`, {
    hint: 'write it like http://HOST:PORT or http://NAME:PASSWORD@HOST:PORT (special characters as %XX), or unset it',
  });
}
