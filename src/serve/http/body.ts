import type { IncomingMessage } from 'node:http';

/** A body as it came; null: it is longer than `maxBytes`, and then its rest is not read. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const pieces: Buffer[] = [];
  let bytes = 0;
  const whole = await new Promise<boolean>((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= maxBytes) return void pieces.push(piece);
      request.pause();
      resolve(false);
    });
    request.once('end', () => resolve(true));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the request was not sent to its end')));
  });
  return whole ? Buffer.concat(pieces) : null;
}
