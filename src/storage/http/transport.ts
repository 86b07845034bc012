import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Throttle } from '../throttle.js';
import { Deadline } from './deadline.js';
import type { HttpRequest, HttpResponse } from './message.js';
import type { Proxy } from './proxy.js';
import { receive } from './receive.js';
import { inPieces, lengthOf, send } from './send.js';
import { broken, TransportError } from './transport-error.js';

export interface TimeLimits {
  /** Nothing moved in either direction for so long: the connection is cut. */
  readonly stallMs: number;
  /**
   * A whole attempt may take this, and what its bytes need at `bytesPerSecond`. Where the answer is received as it
   * comes, each further MiB of it may take this.
   */
  readonly attemptMs: number;
  readonly bytesPerSecond: number;
}

export const DEFAULT_LIMITS: TimeLimits = { stallMs: 30_000, attemptMs: 120_000, bytesPerSecond: 16_384 };

export interface TransportOptions {
  /** Connections at once. */
  readonly sockets: number;
  readonly limits: TimeLimits;
  readonly signal?: AbortSignal | undefined;
  /** For the bodies of requests. */
  readonly throttle?: Throttle | null;
  /** The proxy on the way to an address. Default: none. */
  readonly proxyFor?: (address: string) => Proxy | null;
  /** Finds the addresses of a host instead of the system's resolver. */
  readonly lookup?: LookupFunction;
}

// Small enough that a slow line is seen to move long before it counts as stalled.
const PIECE = 256 * 1024;

/**
 * Requests over kept connections. Every attempt has its end: what stalls or takes too long is cut, socket and all.
 * It does not retry. Throws TransportError, or the signal's reason.
 */
export class Transport {
  readonly #limits: TimeLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #throttle: Throttle | null;
  readonly #proxyFor: (address: string) => Proxy | null;
  readonly #pool: https.AgentOptions;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  readonly #tunnels = new Map<string, Promise<https.Agent>>();

  constructor(options: TransportOptions) {
    this.#limits = options.limits;
    this.#signal = options.signal;
    this.#throttle = options.throttle ?? null;
    // Each request under way listens to it, which is no leak.
    if (options.signal) setMaxListeners(0, options.signal);
    this.#proxyFor = options.proxyFor ?? ((): null => null);
    const { sockets: maxSockets, lookup } = options;
    this.#pool = { keepAlive: true, maxSockets, scheduling: 'lifo', noDelay: true, ...(lookup ? { lookup } : {}) };
    this.#agents = { 'http:': new http.Agent(this.#pool), 'https:': new https.Agent(this.#pool) };
  }

  async exchange(request: HttpRequest): Promise<HttpResponse> {
    this.#signal?.throwIfAborted();
    const { limits } = this;
    const secure = request.url.startsWith('https:');
    const bodyBytes = lengthOf(request.body ?? []);
    const headers: Record<string, string> = { ...request.headers };
    if (request.body !== undefined || request.method !== 'GET') headers['content-length'] = String(bodyBytes);
    const pieces = inPieces(request.body ?? [], this.#throttle?.pieceBytes ?? PIECE);
    // Before there is a connection that would stand idle.
    if (pieces[0]) await this.#throttle?.take(lengthOf(pieces[0]), this.#signal);
    const proxy = this.#proxyFor(request.url);
    const agent = proxy ? await this.#tunnel(proxy) : this.#agents[secure ? 'https:' : 'http:'];
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? https : http).request(request.url, {
        method: request.method,
        headers,
        agent,
      });
      const wholeMs = limits.attemptMs + (bodyBytes / limits.bytesPerSecond) * 1000;
      const deadline = new Deadline({ stallMs: limits.stallMs, wholeMs }, (message) => fail(timedOut(message)));
      const abort = (): void => fail(abortReason(this.#signal));
      this.#signal?.addEventListener('abort', abort, { once: true });
      let settled = false;
      const settle = (): boolean => {
        if (settled) return false;
        settled = true;
        deadline.end();
        this.#signal?.removeEventListener('abort', abort);
        return true;
      };
      const fail = (error: Error): void => {
        if (settle()) reject(error);
        outgoing.destroy();
      };
      const progress = (bytes = 0): void => deadline.progress(bytes);
      outgoing.on('error', (error) => fail(broken(error)));
      outgoing.on('close', () => {
        if (!settled) fail(new TransportError('ECONNRESET', 'the connection was closed without an answer'));
      });
      outgoing.on('response', (incoming) => {
        const watch = { maxBytes: request.maxAnswerBytes ?? MAX_ANSWER, progress, fail };
        receive(incoming, request.receive, watch, (response) => {
          if (settle()) resolve(response);
          // An answer may come before the request was sent whole; such a connection is of no further use.
          if (!outgoing.writableFinished) outgoing.destroy();
        });
      });
      const turn = async (bytes: number): Promise<boolean> => {
        deadline.pause();
        await this.#throttle?.take(bytes, this.#signal);
        if (settled) return false;
        deadline.resume();
        return true;
      };
      const onSent = (bytes: number): void => {
        progress();
        request.onSent?.(bytes);
      };
      send(outgoing, pieces, { onSent, turn: this.#throttle && turn });
    });
  }

  get limits(): TimeLimits {
    return this.#limits;
  }

  async #tunnel(proxy: Proxy): Promise<https.Agent> {
    const key = JSON.stringify(proxy);
    const make = async (): Promise<https.Agent> => {
      const { TunnelAgent } = await import('./tunnel.js');
      return new TunnelAgent(proxy, { ...this.#pool, limitMs: this.#limits.stallMs });
    };
    const tunnel = this.#tunnels.get(key) ?? make();
    this.#tunnels.set(key, tunnel);
    return tunnel;
  }

  /** Closes idle connections; what is under way is cut. */
  close(): void {
    for (const tunnel of this.#tunnels.values()) void tunnel.then((agent) => agent.destroy());
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }
}

const MAX_ANSWER = 64 * 1024 * 1024;

function timedOut(message: string): TransportError {
  return new TransportError('ETIMEDOUT', message);
}

function abortReason(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error('aborted', { cause: signal?.reason });
}
