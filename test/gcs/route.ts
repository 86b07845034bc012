import { ApiError } from './api-error.js';

/** What a request asks for. Faults are aimed by it, and the log has it. */
export type Kind = (typeof KINDS)[number];

export const KINDS = [
  'bucket-list',
  'bucket-insert',
  'bucket-get',
  'bucket-patch',
  'bucket-delete',
  'bucket-iam',
  'insert-media',
  'insert-multipart',
  'resumable-start',
  /** A PUT that says the object goes on after it. */
  'resumable-chunk',
  /** A PUT that ends the object. */
  'resumable-final',
  /** A PUT without bytes that asks how far the server is (Content-Range: bytes \*\/N). */
  'resumable-status',
  'resumable-cancel',
  'object-list',
  'object-get',
  /** ?alt=media */
  'object-media',
  'object-patch',
  'object-update',
  'object-delete',
  'object-restore',
  'compose',
  'rewrite',
  'copy',
  'xml-get',
  'xml-head',
  'xml-put',
  'xml-delete',
  'xml-options',
  'token',
] as const;

export interface Route {
  readonly kind: Kind;
  readonly bucket: string;
  readonly object: string;
  /** rewriteTo and copyTo only. */
  readonly target: { readonly bucket: string; readonly object: string } | null;
  /** iam: "" or "testPermissions"; token: what is asked for. */
  readonly detail: string;
  readonly query: URLSearchParams;
  /** The path as the client wrote it, percent-encoding and all. */
  readonly rawPath: string;
}

interface RequestLine {
  readonly method: string;
  readonly url: string;
  readonly header: (name: string) => string | undefined;
}

/** @throws ApiError for a path that is nothing, or not percent-encoded UTF-8 */
export function parseRoute(line: RequestLine): Route {
  const cut = line.url.indexOf('?');
  const rawPath = cut === -1 ? line.url : line.url.slice(0, cut);
  const query = new URLSearchParams(cut === -1 ? '' : line.url.slice(cut + 1));
  const segments = rawPath.slice(1).split('/');
  const method = line.method === 'POST' ? (line.header('x-http-method-override') ?? 'POST') : line.method;
  const found = find({ ...line, method, segments, query });
  return { bucket: '', object: '', target: null, detail: '', query, rawPath, ...found };
}

type Found = Pick<Route, 'kind'> & Partial<Route>;
type Line = RequestLine & { readonly segments: readonly string[]; readonly query: URLSearchParams };

function find(line: Line): Found {
  const [first = '', ...rest] = line.segments;
  const isToken = first === 'token' || (first === 'oauth2' && rest.at(-1) === 'token');
  if (isToken && line.method === 'POST') return { kind: 'token', detail: 'token' };
  if (first === 'v1' && rest[0] === 'projects') return { kind: 'token', detail: decode(rest.at(-1) ?? '') };
  if ((first === 'upload' || first === 'download' || first === 'resumable') && rest[0] === 'storage') {
    return first === 'download' ? jsonRoute(line, rest.slice(2)) : uploadRoute(line, rest.slice(2));
  }
  if (first === 'storage' && rest[0] === 'v1') return jsonRoute(line, rest.slice(1));
  return xmlRoute(line, first, rest.join('/'));
}

function uploadRoute({ method, query, header }: Line, [b, bucket = '', o]: readonly string[]): Found {
  if (b !== 'b' || o !== 'o') throw notFound();
  const named = { bucket: decode(bucket), object: query.get('name') ?? '' };
  const session = query.has('upload_id');
  if (session && method === 'DELETE') return { kind: 'resumable-cancel', ...named };
  if (session && (method === 'PUT' || method === 'POST')) {
    return { kind: chunkKind(header('content-range')), ...named };
  }
  if (method !== 'POST' && method !== 'PUT') throw notAllowed();
  switch (query.get('uploadType')) {
    case 'media':
      return { kind: 'insert-media', ...named };
    case 'multipart':
      return { kind: 'insert-multipart', ...named };
    case 'resumable':
      return { kind: 'resumable-start', ...named };
    default:
      throw new ApiError(400, 'badRequest', 'Upload requests must have a valid uploadType.');
  }
}

function chunkKind(range: string | undefined): Kind {
  if (range === undefined) return 'resumable-final';
  if (range.startsWith('bytes */')) return 'resumable-status';
  const [, end, total] = /^bytes \d+-(\d+|\*)\/(\d+|\*)$/.exec(range) ?? [];
  return end === '*' || (total !== '*' && Number(end) + 1 >= Number(total)) ? 'resumable-final' : 'resumable-chunk';
}

function jsonRoute({ method, query }: Line, segments: readonly string[]): Found {
  const [b, bucket, o, object, action, ...more] = segments.map(decode);
  if (b !== 'b') throw notFound();
  if (!bucket) return byMethod(method, { GET: 'bucket-list', POST: 'bucket-insert' }, {});
  if (o === undefined || o === '') {
    const kinds = { GET: 'bucket-get', PATCH: 'bucket-patch', PUT: 'bucket-patch', DELETE: 'bucket-delete' } as const;
    return byMethod(method, kinds, { bucket });
  }
  if (o === 'iam') return byMethod(method, { GET: 'bucket-iam', PUT: 'bucket-iam' }, { bucket, detail: object ?? '' });
  if (o !== 'o') throw notFound();
  if (!object) return byMethod(method, { GET: 'object-list' }, { bucket });
  const named = { bucket, object };
  if (action === undefined) {
    const get = query.get('alt') === 'media' ? 'object-media' : 'object-get';
    const kinds = { GET: get, PATCH: 'object-patch', PUT: 'object-update', DELETE: 'object-delete' } as const;
    return byMethod(method, kinds, named);
  }
  if (method !== 'POST') throw notAllowed();
  if (action === 'compose') return { kind: 'compose', ...named };
  if (action === 'restore') return { kind: 'object-restore', ...named };
  const [tb, targetBucket = '', to, targetObject = ''] = more;
  if (tb !== 'b' || to !== 'o') throw notFound();
  const target = { bucket: targetBucket, object: targetObject };
  if (action === 'rewriteTo') return { kind: 'rewrite', ...named, target };
  if (action === 'copyTo') return { kind: 'copy', ...named, target };
  throw notFound();
}

function xmlRoute({ method }: Line, bucket: string, object: string): Found {
  const kinds = {
    GET: 'xml-get',
    HEAD: 'xml-head',
    PUT: 'xml-put',
    DELETE: 'xml-delete',
    OPTIONS: 'xml-options',
  } as const;
  return byMethod(method, kinds, { bucket: decode(bucket), object: decode(object) });
}

function byMethod(method: string, kinds: Readonly<Record<string, Kind>>, rest: Partial<Route>): Found {
  const kind = kinds[method];
  if (kind === undefined) throw notAllowed();
  return { kind, ...rest };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ApiError(400, 'invalid', `Invalid percent-encoding: ${segment}`, { xmlCode: 'InvalidURI' });
  }
}

function notFound(): ApiError {
  return new ApiError(404, 'notFound', 'Not Found');
}

function notAllowed(): ApiError {
  return new ApiError(405, 'methodNotAllowed', 'The specified method is not allowed against this resource.');
}
