import { ApiError, invalid } from './api-error.js';
import { parseJson } from './exchange.js';
import type { JsonObject } from './json.js';

export interface RelatedParts {
  readonly resource: JsonObject;
  /** Content-Type of the second part. */
  readonly contentType: string | null;
}

const HEAD_LIMIT = 1024 * 1024;
const BLANK_LINE = Buffer.from('\r\n\r\n');

/**
 * Reads a multipart/related upload (RFC 2387: JSON, then the bytes) as it comes.
 * @param sink takes the second part's bytes
 * @throws ApiError 400 when it is not two parts with an end
 */
export async function readRelated(
  contentType: string,
  body: AsyncIterable<Buffer>,
  sink: (bytes: Buffer) => void,
): Promise<RelatedParts> {
  const boundary = /^multipart\/related\b.*;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) throw invalid('Content-Type must be multipart/related with a boundary.');
  const opening = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const delimiter = Buffer.concat([Buffer.from('\r\n'), opening]);

  let parts: RelatedParts | null = null;
  let ended = false;
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of body) {
    if (ended) continue;
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    if (!parts) {
      const head = readHead(held, opening, delimiter);
      if (!head) {
        if (held.length > HEAD_LIMIT) throw malformed();
        continue;
      }
      parts = head.parts;
      held = head.rest;
    }
    const end = held.indexOf(delimiter);
    // The delimiter may be cut in two by the network: its length less one is held back.
    const safe = end >= 0 ? end : Math.max(0, held.length - delimiter.length + 1);
    if (safe > 0) sink(held.subarray(0, safe));
    held = held.subarray(safe);
    ended = end >= 0;
  }
  if (!parts || !ended) throw malformed();
  return parts;
}

/** The first part and the second one's headers; null while they are not all there. */
function readHead(bytes: Buffer, opening: Buffer, delimiter: Buffer): { parts: RelatedParts; rest: Buffer } | null {
  const start = bytes.indexOf(opening);
  const json = start < 0 ? -1 : bytes.indexOf(BLANK_LINE, start);
  const jsonEnd = json < 0 ? -1 : bytes.indexOf(delimiter, json + 2);
  // From the delimiter on, so that a second part without any header is seen too.
  const media = jsonEnd < 0 ? -1 : bytes.indexOf(BLANK_LINE, jsonEnd + delimiter.length);
  if (media < 0) return null;
  const headers = bytes.subarray(jsonEnd + delimiter.length, media).toString();
  return {
    parts: {
      resource: parseJson(bytes.subarray(json + BLANK_LINE.length, Math.max(jsonEnd, json + BLANK_LINE.length))),
      contentType: /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1] ?? null,
    },
    // The line end before the delimiter of an empty part is the blank line's own second half.
    rest: bytes.subarray(media + 2).indexOf(delimiter) === 0 ? bytes.subarray(media + 2) : bytes.subarray(media + 4),
  };
}

function malformed(): ApiError {
  return new ApiError(400, 'badRequest', 'Missing end boundary in multipart body.');
}
