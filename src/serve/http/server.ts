import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TlsFiles } from './tls.js';

export interface HttpOptions {
  /** To listen at. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Null: plain HTTP. */
  readonly tls: TlsFiles | null;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** `handle` failed, and whoever asked still waits. The response is answered by this, or destroyed. */
  readonly failed: (error: unknown, response: ServerResponse) => void;
  /** A connection on which nothing moves for so long is cut; null: not, as a player that pauses moves nothing. */
  readonly idleMs: number | null;
  /** Connections of one address at once; null: as many as there are at all, as behind a proxy. */
  readonly perAddress: number | null;
}

export interface HttpServer {
  readonly port: number;
  /** Open now. */
  readonly connections: () => number;
  /** Takes no more requests, gives those under way `graceMs` to end, and then cuts all connections. */
  close(graceMs: number): Promise<void>;
}

/** All together; a process of 1024 files, as systems give it by default, is full before that. */
const MOST_CONNECTIONS = 20_000;
/** A request whose headers, or whose body, take longer is cut (408): nobody holds connections by being slow. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 20_000;
const LOOK_MS = 1000;

/**
 * The base of all servers here: HTTP or HTTPS with limits on slow and many connections. Malformed requests are answered
 * by Node (400, 408, 431) and cut. Throws Node's errors of `listen`.
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  let isClosing = false;
  const listener: RequestListener = (request, response) => {
    if (isClosing) response.setHeader('connection', 'close');
    response.once('finish', () => {
      if (!request.complete) linger(request);
      else if (isClosing) request.socket.destroySoon();
    });
    // A client that leaves is no failure of ours.
    request.on('error', () => {});
    response.on('error', () => {});
    options.handle(request, response).catch((error: unknown) => {
      // What nobody waits for any more is no trouble.
      if (response.destroyed) return;
      options.failed(error, response);
    });
  };
  const limits = {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: LOOK_MS,
    keepAliveTimeout: 5000,
  };
  const server =
    options.tls === null
      ? http.createServer(limits, listener)
      : https.createServer({ ...limits, ...options.tls, handshakeTimeout: HEADERS_MS }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  if (options.idleMs !== null) server.setTimeout(options.idleMs);
  const sockets = countSockets(options.perAddress);
  server.on('connection', sockets.add);
  server.listen(options.port, options.host);
  await once(server, 'listening');
  // Such as too many open files: that connection is lost, and no more.
  server.on('error', () => {});
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    connections: sockets.count,
    close: async (graceMs) => {
      isClosing = true;
      const closed = once(server, 'close');
      server.close();
      const timer = setTimeout(() => sockets.cut(), graceMs);
      if (graceMs === 0) sockets.cut();
      await closed;
      clearTimeout(timer);
    },
  };
}

/**
 * Reads what is still sent after the answer, a little of it: a connection that is cut at once takes the answer with it
 * (RFC 9112 §9.6).
 */
function linger(request: IncomingMessage): void {
  const timer = setTimeout(() => request.socket.destroy(), LINGER_MS);
  let left = LINGER_BYTES;
  request.on('data', (piece: Buffer) => {
    left -= piece.length;
    if (left < 0) request.socket.destroy();
  });
  request.once('close', () => clearTimeout(timer));
  request.resume();
}

const LINGER_MS = 2000;
const LINGER_BYTES = 4 * 1024 * 1024;

interface Sockets {
  readonly add: (socket: Socket) => void;
  readonly count: () => number;
  readonly cut: () => void;
}

/** Cuts what is more than `perAddress`. Sockets that have not yet said anything are known here only. */
function countSockets(perAddress: number | null): Sockets {
  const all = new Set<Socket>();
  const byAddress = new Map<string, number>();
  return {
    count: () => all.size,
    cut: () => {
      for (const socket of all) socket.destroy();
    },
    add: (socket) => {
      const address = socket.remoteAddress ?? '';
      const before = byAddress.get(address) ?? 0;
      if (perAddress !== null && before >= perAddress) return void socket.destroy();
      all.add(socket);
      byAddress.set(address, before + 1);
      socket.once('close', () => {
        all.delete(socket);
        const left = (byAddress.get(address) ?? 1) - 1;
        if (left === 0) byAddress.delete(address);
        else byAddress.set(address, left);
      });
    },
  };
}
