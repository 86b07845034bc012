import { TransportError } from '../http/transport-error.js';

/** Bytes after which an attempt that broke has been of use. */
const ENOUGH = 64 * 1024;

/**
 * Takes the bytes from `start` up to `end` in as many attempts as it needs, each going on with the byte where the one
 * before stood. `attempt` asks once; `retrying` runs it again as often as the storage's policy allows. An attempt that has
 * moved on well before it broke is no failure, so patience and budget are spent only where nothing moves.
 */
export async function resuming(
  range: { readonly start: number; readonly end: number },
  take: (bytes: Buffer) => void,
  attempt: (at: number, take: (bytes: Buffer) => void) => Promise<void>,
  retrying: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const { start, end } = range;
  let at = start;
  while (at < end) {
    await retrying(async () => {
      const before = at;
      try {
        await attempt(at, (bytes) => {
          if (at + bytes.length > end) throw new TransportError('EBADANSWER', 'more bytes came than were requested');
          at += bytes.length;
          take(bytes);
        });
        if (at < end) throw new TransportError('ECONNRESET', 'fewer bytes came than were requested');
      } catch (error) {
        if (at - before < ENOUGH || !(error instanceof TransportError)) throw error;
      }
    });
  }
}
