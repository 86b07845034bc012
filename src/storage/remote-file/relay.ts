import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { InputAddress } from '../../model/source.js';
import { BLOCK_BYTES } from './block-run.js';
import { type Blocks } from './blocks.js';
import { drained, parseRange } from './ranges.js';

export interface Relay {
  readonly address: InputAddress;
  /** Cuts all connections. */
  close(): Promise<void>;
}

/** Never resolves (RFC 6761): without the relay as its proxy, FFmpeg opens nothing. */
const HOST = 'mediactl.invalid';

/**
 * Serves one source to FFmpeg, which may read it at any place at once. It listens on this machine only and acts as
 * FFmpeg's HTTP proxy, so that
 * - the word that opens it is in the environment of FFmpeg, where other users do not see it, and not in its arguments;
 * - whatever address a source could make FFmpeg open, it comes here, and all but this one source is refused;
 * - a proxy of the user's is not asked for it.
 * `extension`: the source's, because FFmpeg's guess at a format depends on it. `onFailure`: reading failed for good.
 */
export async function startRelay(
  blocks: Blocks,
  { extension, onFailure }: { readonly extension: string; readonly onFailure: (error: unknown) => void },
): Promise<Relay> {
  const word = randomBytes(24).toString('hex');
  const path = `/source${extension}`;
  const allowed = Buffer.from(`Basic ${Buffer.from(`mediactl:${word}`).toString('base64')}`);
  const server = http.createServer((request, response) => {
    const answer = refusalOf(request, allowed, path);
    if (answer !== null) return void response.writeHead(answer, CHALLENGE).end();
    serve(blocks, request, response).catch((error: unknown) => {
      // What nobody waits for any more is no loss.
      if (response.destroyed) return;
      // The length was promised: a connection that is cut says that it was not kept.
      response.destroy();
      onFailure(error);
    });
  });
  // What only tunnels want.
  server.on('connect', (_, socket) => socket.destroy());
  server.on('upgrade', (_, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server);
  return {
    address: {
      url: `http://${HOST}${path}`,
      protocols: 'http,tcp',
      env: { http_proxy: `http://mediactl:${word}@127.0.0.1:${port}`, no_proxy: undefined },
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

// FFmpeg sends the word when it is asked for it.
const CHALLENGE = { 'proxy-authenticate': 'Basic realm="mediactl"', 'content-length': 0 };

/** The status to refuse with; null: it may read. */
function refusalOf({ method, url, headers }: http.IncomingMessage, allowed: Buffer, path: string): number | null {
  const word = Buffer.from(headers['proxy-authorization'] ?? '');
  if (word.length !== allowed.length || !timingSafeEqual(word, allowed)) return 407;
  if (url !== `http://${HOST}${path}` && url !== `http://${HOST}:80${path}`) return 403;
  return method === 'GET' || method === 'HEAD' ? null : 405;
}

async function serve(blocks: Blocks, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { bytes } = blocks.source;
  const range = parseRange(request.headers.range, bytes);
  if (range === null) {
    response.writeHead(416, { 'content-range': `bytes */${bytes}`, 'content-length': 0 }).end();
    return;
  }
  const { start, end, partial } = range;
  response.writeHead(partial ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': end - start,
    ...(partial ? { 'content-range': `bytes ${start}-${end - 1}/${bytes}` } : {}),
  });
  if (request.method === 'HEAD') return void response.end();
  for (let at = start; at < end && !response.destroyed;) {
    const index = Math.floor(at / BLOCK_BYTES);
    const block = await blocks.block(index);
    const from = at - index * BLOCK_BYTES;
    const piece = block.subarray(from, Math.min(block.length, from + end - at));
    at += piece.length;
    // One block at a time: a reader that does not come for it holds no more than that.
    if (!response.write(piece) && !response.destroyed) await drained(response);
  }
  response.end();
}

function addressOf(server: http.Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return address;
}
