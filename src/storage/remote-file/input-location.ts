import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { whyNoBucket } from '../location.js';

/** What INPUT names. Other addresses than these are taken for names of files, of which there are none. */
export type InputLocation = { readonly kind: 'file'; readonly path: string } | RemoteLocation;

export type RemoteLocation =
  | { readonly kind: 'gcs'; readonly bucket: string; readonly object: string }
  /** May carry secrets: user and password, a signature in the query. */
  | { readonly kind: 'web'; readonly url: URL };

/**
 * A path, "gs://bucket/name of an object" or "https://host/path". What follows the bucket is taken as it is: nothing is
 * percent-decoded, and `#` and `?` are ordinary characters. Throws MediactlError usage.
 */
export function parseInput(text: string): InputLocation {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'gs') return parseObject(text);
  if (scheme === 'http' || scheme === 'https') return { kind: 'web', url: parseWeb(text) };
  return { kind: 'file', path: text };
}

/** For people: without user, password, query and fragment. */
export function showWeb(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** A name for it as a file of this machine: the last part, without what a path could be made of. */
export function fileNameOf(location: RemoteLocation): string {
  const path = location.kind === 'gcs' ? location.object : decoded(location.url.pathname);
  // eslint-disable-next-line no-control-regex
  const last = path.replace(/[\u0000-\u001f\u007f\\]/g, '_').replace(/^.*\//, '');
  return /^\.*$/.test(last) ? 'source' : shortened(last);
}

/** Names of objects may be longer than those of files: the end is kept, with its extension. */
function shortened(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > LONGEST) short = [...short].slice(1).join('');
  return short;
}

const LONGEST = 200;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// https://cloud.google.com/storage/docs/objects#naming
function parseObject(text: string): RemoteLocation {
  const [, bucket = '', object = ''] = /^gs:\/\/([^/]*)\/?(.*)$/is.exec(text) ?? [];
  const why = whyNoBucket(bucket) ?? whyNoObject(object);
  if (why === null) return { kind: 'gcs', bucket, object };
  throw new MediactlError('usage', `not an object: ${printable(JSON.stringify(text))}`, {
    reason: why,
    hint: 'write gs://bucket/path/of/movie.mp4',
  });
}

function whyNoObject(object: string): string | null {
  if (object === '') return 'the name of the object is missing';
  if (object.endsWith('/')) return 'it names a folder, not an object';
  if (/[\r\n\0]/.test(object) || Buffer.byteLength(object) > 1024) return 'objects cannot have such a name';
  return null;
}

function parseWeb(text: string): URL {
  // Not repeated: it may carry a password.
  if (URL.canParse(text)) return new URL(text);
  throw new MediactlError('usage', 'INPUT is not a valid address', {
    hint: 'write it like https://host/path/of/movie.mp4',
  });
}
