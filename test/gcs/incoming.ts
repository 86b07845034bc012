import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Fault } from './faults.js';
import type { LogEntry } from './log.js';

const HALF_A_MEBIBYTE = 512 * 1024;

/**
 * The request's body, with slow reading, stops, resets and bit errors where the faults want them.
 * @throws Error when the client is gone before the end
 */
export async function* incoming(
  request: IncomingMessage,
  faults: readonly Fault[],
  entry: LogEntry,
): AsyncIterable<Buffer> {
  const stall = faults.find((fault) => fault.type === 'stall' && fault.when === 'stop-reading');
  const reset = faults.find((fault) => fault.type === 'reset' && fault.when === 'mid-body');
  const slow = faults.find((fault) => fault.type === 'slow-upload');
  let corrupt = faults.some((fault) => fault.type === 'corrupt' && fault.direction === 'upload');
  const stopAt = stall?.type === 'stall' ? (stall.afterBytes ?? 0) : Infinity;
  const resetAt = reset?.type === 'reset' ? (reset.afterBytes ?? HALF_A_MEBIBYTE) : Infinity;
  const bytesPerSecond = slow?.type === 'slow-upload' ? slow.bytesPerSecond : Infinity;

  if (stopAt === 0) await untilGone(request);
  for await (const read of request) {
    let piece = read as Buffer;
    const before = entry.bytesIn;
    entry.bytesIn += piece.length;
    if (entry.bytesIn >= resetAt) {
      // What came before the reset may have been kept by the service, so it is handed on.
      yield piece.subarray(0, resetAt - before);
      request.socket.resetAndDestroy();
      throw new Error('reset on demand');
    }
    if (corrupt && piece.length > 0) {
      piece = flipBit(piece);
      corrupt = false;
    }
    yield piece;
    if (bytesPerSecond !== Infinity) await sleep((piece.length / bytesPerSecond) * 1000);
    if (entry.bytesIn >= stopAt) await untilGone(request);
  }
  if (reset) {
    request.socket.resetAndDestroy();
    throw new Error('reset on demand');
  }
  if (!request.complete) throw new Error('the client went away');
}

const PATIENCE_MS = 5000;

/**
 * Until the client gives up or, as it is not seen to do so while nothing is read, for five seconds: what it began must
 * not stand in the way of its next attempt for ever.
 */
async function untilGone({ socket }: IncomingMessage): Promise<never> {
  if (!socket.destroyed) await Promise.race([once(socket, 'close'), sleep(PATIENCE_MS)]);
  socket.destroy();
  throw new Error('the client went away');
}

/** Nothing holds the process or the socket here but the socket itself. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

/** A copy with one bit changed, in the middle. */
export function flipBit(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
