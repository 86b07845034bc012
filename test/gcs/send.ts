import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Reply } from './exchange.js';
import type { Fault } from './faults.js';
import { flipBit, forever, sleep } from './incoming.js';
import type { LogEntry } from './log.js';

/**
 * Writes the answer, with what the faults of the request do to it. An answer that must not come keeps the
 * connection open until the client leaves.
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  faults: readonly Fault[],
  entry: LogEntry,
): Promise<void> {
  const { socket } = response;
  if (faults.some((fault) => fault.type === 'lost-ack')) {
    await forever();
  }
  if (faults.some((fault) => fault.type === 'reset' && fault.when === 'after-store')) {
    socket?.resetAndDestroy();
    return;
  }
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  const { length, pieces } = payload(reply, response);
  if (reply.status !== 304 && reply.status !== 204) response.setHeader('content-length', length);
  response.writeHead(reply.status);
  if (response.req.method === 'HEAD' || length === 0) {
    response.end();
    return;
  }
  await writeAll(response, socket, pieces, faults, entry);
}

function payload(reply: Reply, response: ServerResponse): { length: number; pieces: Iterable<Buffer> } {
  if (reply.media) {
    const { body, start, end } = reply.media;
    return { length: end - start, pieces: body.read(start, end) };
  }
  if (reply.length !== undefined) return { length: reply.length, pieces: [] };
  if (reply.json !== undefined) response.setHeader('content-type', 'application/json; charset=UTF-8');
  const bytes = Buffer.from(reply.json === undefined ? (reply.text ?? '') : JSON.stringify(reply.json, null, 2));
  return { length: bytes.length, pieces: [bytes] };
}

async function writeAll(
  response: ServerResponse,
  socket: Socket | null,
  pieces: Iterable<Buffer>,
  faults: readonly Fault[],
  entry: LogEntry,
): Promise<void> {
  const cut = faults.find((fault) => fault.type === 'truncate');
  const stall = faults.find((fault) => fault.type === 'stall-download');
  const slow = faults.find((fault) => fault.type === 'slow-download');
  let corrupt = faults.some((fault) => fault.type === 'corrupt' && fault.direction === 'download');
  const cutAt = cut?.type === 'truncate' ? cut.afterBytes : Infinity;
  const stallAt = stall?.type === 'stall-download' ? (stall.afterBytes ?? 0) : Infinity;
  const bytesPerSecond = slow?.type === 'slow-download' ? slow.bytesPerSecond : Infinity;
  const stopAt = Math.min(cutAt, stallAt);

  for (const whole of inSteps(pieces, bytesPerSecond)) {
    let piece = whole.subarray(0, Math.max(0, Math.min(whole.length, stopAt - entry.bytesOut)));
    if (corrupt && piece.length > 0) {
      piece = flipBit(piece);
      corrupt = false;
    }
    if (bytesPerSecond !== Infinity) await sleep((piece.length / bytesPerSecond) * 1000);
    entry.bytesOut += piece.length;
    if (!response.write(piece)) await drained(response);
    if (response.destroyed) return;
    if (entry.bytesOut < stopAt) continue;
    if (stallAt <= cutAt) await forever();
    await sleep(20);
    if (cut?.type === 'truncate' && cut.how === 'reset') socket?.resetAndDestroy();
    else socket?.destroy();
    return;
  }
  response.end();
}

/** Until more may be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

/** A slow answer goes out in steps of a tenth of a second. */
function* inSteps(pieces: Iterable<Buffer>, bytesPerSecond: number): Iterable<Buffer> {
  const step = Math.max(1, Math.floor(bytesPerSecond / 10));
  for (const piece of pieces) {
    if (piece.length <= step) yield piece;
    else for (let at = 0; at < piece.length; at += step) yield piece.subarray(at, at + step);
  }
}
