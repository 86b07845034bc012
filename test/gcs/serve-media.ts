import { ApiError } from './api-error.js';
import { isPublic, type Bucket } from './bucket.js';
import { header, type Exchange, type Reply } from './exchange.js';
import { asObject, textOf } from './json.js';
import { hashHeader, mediaEtag, type ObjectRecord } from './object-record.js';

/**
 * The object's bytes with the headers of a download: "Object metadata" (Cache-Control: an object without one that
 * everybody may read is served as `public, max-age=3600`), Range (RFC 9110), x-goog-*. Bytes go as they are stored:
 * decompressive transcoding is not imitated.
 */
export function serveMedia(exchange: Exchange, bucket: Bucket, record: ObjectRecord): Reply {
  const { body } = record;
  const tag = mediaEtag(record);
  checkConditions(exchange, tag);
  const headers = mediaHeaders(bucket, record, tag);
  const range = parseRange(header(exchange, 'range'), body.size);
  const isHead = exchange.request.method === 'HEAD';
  if (range === 'none') {
    return isHead
      ? { status: 200, headers, length: body.size }
      : { status: 200, headers, media: { body, start: 0, end: body.size } };
  }
  if (range === 'unsatisfiable') {
    throw new ApiError(416, 'requestedRangeNotSatisfiable', 'The requested range cannot be satisfied.', {
      headers: { 'content-range': `bytes */${body.size}` },
    });
  }
  const partial = { ...headers, 'content-range': `bytes ${range.start}-${range.end - 1}/${body.size}` };
  return isHead
    ? { status: 206, headers: partial, length: range.end - range.start }
    : { status: 206, headers: partial, media: { body, ...range } };
}

function mediaHeaders(bucket: Bucket, record: ObjectRecord, tag: string): Record<string, string | readonly string[]> {
  const { metadata, body } = record;
  const headers: Record<string, string | readonly string[]> = {
    'content-type': text(metadata['contentType']) ?? 'application/octet-stream',
    'cache-control': text(metadata['cacheControl']) ?? defaultCacheControl(bucket, record),
    etag: tag,
    'last-modified': new Date(record.updated).toUTCString(),
    'accept-ranges': 'bytes',
    'x-goog-generation': String(record.generation),
    'x-goog-metageneration': String(record.metageneration),
    'x-goog-storage-class': text(metadata['storageClass']) ?? 'STANDARD',
    'x-goog-stored-content-encoding': text(metadata['contentEncoding']) ?? 'identity',
    'x-goog-stored-content-length': String(body.size),
    // Two header lines, as the service sends them.
    'x-goog-hash': hashHeader(record),
  };
  for (const [key, name] of [
    ['contentEncoding', 'content-encoding'],
    ['contentDisposition', 'content-disposition'],
    ['contentLanguage', 'content-language'],
  ] as const) {
    const value = text(metadata[key]);
    if (value !== undefined) headers[name] = value;
  }
  for (const [key, value] of Object.entries(asObject(metadata['metadata']) ?? {})) {
    headers[`x-goog-meta-${key.toLowerCase()}`] = textOf(value);
  }
  return headers;
}

function defaultCacheControl(bucket: Bucket, record: ObjectRecord): string {
  return isPublic(bucket) || record.publicRead ? 'public, max-age=3600' : 'private, max-age=0';
}

function checkConditions(exchange: Exchange, tag: string): void {
  const noneMatch = header(exchange, 'if-none-match');
  const match = header(exchange, 'if-match');
  const isAmong = (list: string): boolean => list === '*' || list.split(',').some((one) => one.trim() === tag);
  if (noneMatch !== undefined && isAmong(noneMatch)) throw new ApiError(304, 'notModified', 'Not Modified');
  if (match !== undefined && !isAmong(match)) throw new ApiError(412, 'conditionNotMet', 'Precondition Failed');
}

type Range = 'none' | 'unsatisfiable' | { readonly start: number; readonly end: number };

/** One range; several, or one that is none, get the whole object. */
function parseRange(text: string | undefined, size: number): Range {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return 'none';
  if (match[1] === '') {
    const length = Math.min(Number(match[2]), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(match[1]);
  const end = match[2] === '' ? size : Math.min(Number(match[2]) + 1, size);
  if (match[2] !== '' && Number(match[2]) < start) return 'none';
  return start >= size ? 'unsatisfiable' : { start, end };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
