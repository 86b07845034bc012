import type { IncomingMessage, ServerResponse } from 'node:http';
import { drained, parseRange } from '../storage/remote-file/ranges.js';
import { answer } from './answers.js';
import type { Link } from './link.js';
import { mediaTypeOf, type MediaSource } from './media.js';

/**
 * The path in the title that an address names: what follows `prefix`, percent-decoded part by part. Null: it names
 * none, as an encoded slash or a part ".." does. Takes the address as it was sent: URL would resolve "..".
 */
export function titlePathOf(address: string, prefix: string): string | null {
  const path = address.replace(/[?#].*$/s, '');
  if (!path.startsWith(prefix)) return null;
  try {
    const parts = path.slice(prefix.length).split('/').map(decodeURIComponent);
    return parts.some((part) => /[/\\\0]/.test(part)) ? null : parts.join('/');
  } catch {
    return null;
  }
}

/** Answers with a file of the title, or the range of it that is asked for, as fast as the link lets it. */
export async function sendMedia(
  { request, response, path }: { request: IncomingMessage; response: ServerResponse; path: string | null },
  media: MediaSource,
  link: Link,
): Promise<void> {
  const file = path === null ? null : await media.open(path);
  if (file === null || path === null) return answer(response, 404, 'there is no such file in the title\n');
  try {
    const range = parseRange(request.headers.range, file.bytes);
    if (range === null) return answer(response, 416, '', { 'content-range': `bytes */${file.bytes}` });
    const { start, end, partial } = range;
    response.writeHead(partial ? 206 : 200, {
      'content-type': mediaTypeOf(path),
      'accept-ranges': 'bytes',
      'content-length': end - start,
      ...(partial ? { 'content-range': `bytes ${start}-${end - 1}/${file.bytes}` } : {}),
    });
    if (request.method === 'HEAD') return void response.end();
    for await (const bytes of file.read(start, end)) {
      for await (const piece of link.pace(bytes)) {
        if (response.destroyed) return;
        if (!response.write(piece)) await drained(response);
      }
    }
    response.end();
  } finally {
    await file.close();
  }
}
