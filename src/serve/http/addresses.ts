import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^::ffff:/i, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** As it stands in an address that this machine opens. */
export function hostFor(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Where other machines find what listens at `host`; empty: they do not. `scheme`: "http" or "https". */
export function exposedAddresses(scheme: string, host: string, port: number): readonly string[] {
  if (isLoopback(host)) return [];
  if (host !== '0.0.0.0' && host !== '::') return [`${scheme}://${hostFor(host)}:${port}/`];
  const numbers = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const others = numbers.filter(({ internal, family }) => !internal && family === 'IPv4');
  return others.map(({ address }) => `${scheme}://${address}:${port}/`);
}

/** An error of `listen`, as the user should read it. `port`: null where none was asked for. */
export function cannotListen(host: string, port: number | null, error: unknown): unknown {
  const at = port === null ? printable(host) : `${printable(host)}, port ${port}`;
  if (hasErrorCode(error, 'EADDRINUSE')) {
    return new MediactlError('usage', `cannot serve at ${at}`, {
      reason: 'another program is using this port',
      hint: 'choose another --port',
      cause: error,
    });
  }
  if (hasErrorCode(error, 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EACCES', 'EINVAL')) {
    const reason = hasErrorCode(error, 'EACCES')
      ? 'it takes more rights to use this port'
      : 'this machine has no such address';
    return new MediactlError('usage', `cannot serve at ${at}`, {
      reason,
      hint: 'leave out --host and --port: then it is served to this machine only, at a free port',
      cause: error,
    });
  }
  return error;
}

/**
 * Who asks, for limits and records: the address of the connection; behind a proxy of ours (`forwarded`) the last one of
 * X-Forwarded-For, which that proxy has added. An IPv6 address counts as its network of 64 bits, which is one household's.
 */
export function clientAddress({ socket, headers }: IncomingMessage, forwarded: boolean): string {
  const direct = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const header = String(headers['x-forwarded-for'] ?? '');
  const last = forwarded ? (header.split(',').at(-1) ?? '').trim().replace(/^\[(.*)\](:\d+)?$/, '$1') : '';
  const address = isIP(last) === 0 ? direct : last;
  return isIP(address) === 6 ? network64(address) : address;
}

function network64(address: string): string {
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const [before = '', after] = hostname.slice(1, -1).split('::');
  const left = before === '' ? [] : before.split(':');
  const right = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::`;
}

/** Whether this machine itself asks, and not a proxy on it for somebody else. */
export function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const isProxied = headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
  return !isProxied && isLoopback(socket.remoteAddress ?? '');
}
