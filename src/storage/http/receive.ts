import type { IncomingMessage } from 'node:http';
import { asError } from '../../errors.js';
import type { HttpRequest, HttpResponse } from './message.js';
import { broken, TransportError } from './transport-error.js';

/**
 * Takes an answer in: its body is kept, or handed to `receiver` as it comes. `done` is called when it is there whole;
 * else `watch.fail`, once or more often.
 */
export function receive(
  incoming: IncomingMessage,
  receiver: HttpRequest['receive'],
  watch: {
    readonly maxBytes: number;
    readonly progress: (bytes?: number) => void;
    readonly fail: (error: Error) => void;
  },
  done: (response: HttpResponse) => void,
): void {
  const head = { status: incoming.statusCode ?? 0, headers: incoming.headers };
  const chunks: Buffer[] = [];
  let take: ((bytes: Buffer) => void) | null = null;
  try {
    take = receiver?.(head) ?? null;
  } catch (error) {
    return watch.fail(asError(error));
  }
  let bytes = 0;
  let whole = false;
  const brokeOff = (): void => {
    if (!whole) watch.fail(new TransportError('ECONNRESET', 'the answer was cut off'));
  };
  incoming.on('data', (chunk: Buffer) => {
    if (take !== null) {
      watch.progress(chunk.length);
      try {
        return take(chunk);
      } catch (error) {
        return watch.fail(asError(error));
      }
    }
    watch.progress();
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > watch.maxBytes)
      watch.fail(new TransportError('EBADANSWER', `an answer of over ${watch.maxBytes} bytes`));
  });
  incoming.on('error', (error) => watch.fail(broken(error)));
  incoming.on('close', brokeOff);
  incoming.on('end', () => {
    if (!incoming.complete) return brokeOff();
    whole = true;
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    done({ ...head, body });
  });
}
