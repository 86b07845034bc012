import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { answer, commonHeaders } from '../answers.js';
import { allowedFor } from '../host-guard.js';
import { clientAddress, isFromHere } from './addresses.js';
import { HttpMetrics } from './metrics.js';
import { answerProblem } from './problem.js';
import { RateLimit } from './rate-limit.js';
import { startHttp, type HttpServer } from './server.js';
import type { TlsFiles } from './tls.js';

export interface ServiceOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly tls: TlsFiles | null;
  /** Requests a minute of one address. */
  readonly rateLimit: number;
  /** A proxy of ours is in front, and says who asks. */
  readonly forwarded: boolean;
  /** /metrics is answered to other machines as well. */
  readonly openMetrics: boolean;
  /** Pages that may ask: their origin, or "*". */
  readonly allowOrigin: string;
  /** What is posted where: path → what is done, and counted in the registry. */
  readonly routes: (registry: Registry) => Readonly<Record<string, Route>>;
  /** Something failed that the terminal should tell. */
  readonly onTrouble: (error: unknown) => void;
}

/** Answers a request, for which method, origin and rate have been looked at. */
export type Route = (asked: Asked) => Promise<void>;

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of whoever asks. */
  readonly address: string;
}

/** What stands beside the routes: the name of the label in /metrics. */
const OTHER = 'other';
const IDLE_MS = 30_000;
/** Connections of one address, which may be that of a large office. */
const PER_ADDRESS = 1000;

/**
 * A server for programs and pages elsewhere: POST to its routes, /healthz, /metrics (by default to this machine only),
 * CORS without cookies, a limit by address, refusals as application/problem+json. Throws Node's errors of `listen`.
 */
export async function startService(options: ServiceOptions): Promise<HttpServer> {
  const limit = new RateLimit(options.rateLimit);
  let isStopping = false;
  const metrics: HttpMetrics = new HttpMetrics(() => server.connections());
  const routes = options.routes(metrics.registry);
  const server = await startHttp({
    host: options.host,
    port: options.port,
    tls: options.tls,
    idleMs: IDLE_MS,
    perAddress: options.forwarded ? null : PER_ADDRESS,
    failed: (error, response) => {
      options.onTrouble(error);
      if (response.headersSent) response.destroy();
      else answerProblem(response, { status: 500, title: 'this server has failed' });
    },
    handle: async (request, response) => {
      const path = (request.url ?? '/').replace(/[?#].*$/s, '');
      const route = Object.hasOwn(routes, path) ? path : OTHER;
      const began = performance.now();
      response.once('finish', () => metrics.answered(route, response.statusCode, (performance.now() - began) / 1000));
      const allowed = allowedFor(request.headers.origin, options.allowOrigin);
      for (const [name, value] of Object.entries(commonHeaders(allowed))) response.setHeader(name, value);
      if (allowed !== null) response.setHeader('access-control-expose-headers', 'Retry-After');
      if (path === '/healthz') return answer(response, isStopping ? 503 : 200, isStopping ? 'stopping\n' : 'ok\n');
      if (path === '/metrics' && (options.openMetrics || isFromHere(request))) {
        return answer(response, 200, await metrics.registry.metrics(), {
          'content-type': metrics.registry.contentType,
        });
      }
      const post = routes[route];
      if (post === undefined) return answerProblem(response, { status: 404, title: 'there is nothing here' });
      if (request.method === 'OPTIONS') return answer(response, 204, '', PREFLIGHT);
      if (request.method !== 'POST') {
        response.setHeader('allow', 'POST, OPTIONS');
        return answerProblem(response, { status: 405, title: 'this takes POST' });
      }
      if (request.headers.origin !== undefined && allowed === null) {
        return answerProblem(response, { status: 403, title: 'this page may not ask here' });
      }
      const address = clientAddress(request, options.forwarded);
      const retryAfter = limit.take(address);
      if (retryAfter !== null) return answerProblem(response, { status: 429, title: 'too many requests', retryAfter });
      await post({ request, response, address });
    },
  });
  return {
    port: server.port,
    connections: server.connections,
    close: async (graceMs) => {
      isStopping = true;
      await server.close(graceMs);
    },
  };
}

/** Fetch standard, 3.2: what a page may send. Cookies are not among it. */
const PREFLIGHT = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'Content-Type, Authorization, X-Device-Id',
  'access-control-max-age': '7200',
};
