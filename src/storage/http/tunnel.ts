import http from 'node:http';
import https from 'node:https';
import { isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Proxy } from './proxy.js';
import { TransportError } from './transport-error.js';

/**
 * Kept TLS connections through a proxy (RFC 9110 §9.3.6), which sees neither requests nor credentials. A proxy that
 * does not answer is left after `limitMs`. Requests fail with TransportError that names the proxy.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: Proxy;
  readonly #limitMs: number;

  constructor(proxy: Proxy, options: https.AgentOptions & { readonly limitMs: number }) {
    super(options);
    this.#proxy = proxy;
    this.#limitMs = options.limitMs;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): null {
    const { port } = options;
    const host = options.host ?? '';
    // Of an address there is none to announce (RFC 6066 §3).
    const servername = isIP(host) === 0 ? host : '';
    this.#connect(`${bracketed(host)}:${port ?? 443}`, {
      connected: (socket) => callback?.(null, tls.connect({ socket, host, servername, ALPNProtocols: ['http/1.1'] })),
      failed: (error) => callback?.(error, new Socket()),
    });
    return null;
  }

  /** A connection on which the target is spoken to; calls one of them, once. */
  #connect(target: string, done: { connected: (socket: Duplex) => void; failed: (error: Error) => void }): void {
    const { secure, host, port, authorization } = this.#proxy;
    const proxy = `the proxy ${bracketed(host)}:${port}`;
    const request = (secure ? https : http).request({
      host,
      port,
      method: 'CONNECT',
      path: target,
      agent: false,
      headers: { host: target, ...(authorization === null ? {} : { 'proxy-authorization': authorization }) },
    });
    let settled = false;
    const settle = (): boolean => {
      const first = !settled;
      settled = true;
      clearTimeout(timer);
      return first;
    };
    const fail = (code: string, what: string): void => {
      if (settle()) done.failed(new TransportError(code, `${proxy} ${what}`, { byProxy: true }));
      request.destroy();
    };
    const timer = setTimeout(() => fail('ETIMEDOUT', `did not answer for ${this.#limitMs / 1000} s`), this.#limitMs);
    request.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : 'EUNKNOWN';
      fail(code, `cannot be reached: ${error.message}`);
    });
    request.on('connect', (response, socket) => {
      const { statusCode: status = 0, statusMessage = '' } = response;
      const accepted = status >= 200 && status <= 299;
      if (!accepted) fail(refusal(status), `answered ${status} ${statusMessage}`.trim());
      if (accepted && settle()) done.connected(socket);
      else socket.destroy();
    });
    request.end();
  }
}

/** Of what the proxy does not permit, and of credentials that it wants, there is nothing to try again. */
function refusal(status: number): string {
  return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'EPROXYREFUSED' : 'EPROXY';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
