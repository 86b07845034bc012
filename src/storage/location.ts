import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import { isCleanPath } from './storage.js';

/** Where titles are, as a user writes it: a folder, or a bucket and a prefix in it ("" for its root). */
export type Location =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'gcs'; readonly bucket: string; readonly prefix: string };

/**
 * "gs://bucket/titles/movie" or the path of a folder. What follows the bucket is taken as it is: nothing is
 * percent-decoded, and `*`, `?`, `#` are ordinary characters. A slash at the end makes no difference.
 * Throws MediactlError usage.
 */
export function parseLocation(text: string): Location {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]+):\/\/(.*)$/is.exec(text) ?? [];
  if (text === '') throw wrong(text, 'it is empty');
  if (scheme === undefined) return { kind: 'folder', path: text };
  if (scheme.toLowerCase() !== 'gs') throw wrong(text, `mediactl does not publish to ${scheme.toLowerCase()}://`);
  const slash = rest.indexOf('/');
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  const prefix = slash < 0 ? '' : rest.slice(slash + 1).replace(/\/$/, '');
  const why = whyNoBucket(bucket);
  if (why !== null) throw wrong(text, why);
  if (prefix !== '' && !isCleanPath(prefix)) {
    throw wrong(text, 'the path after the bucket has empty parts, "." or "..", or invalid characters');
  }
  return { kind: 'gcs', bucket, prefix };
}

/** As a user would write it. */
export function formatLocation(location: Location): string {
  if (location.kind === 'folder') return location.path;
  return `gs://${location.bucket}${location.prefix === '' ? '' : `/${location.prefix}`}`;
}

/** Cloud Storage's rules for bucket names: https://cloud.google.com/storage/docs/buckets#naming */
export function whyNoBucket(bucket: string): string | null {
  if (bucket === '') return 'the name of the bucket is missing';
  const shown = printable(JSON.stringify(bucket));
  if (!/^[a-z0-9._-]+$/.test(bucket)) {
    return `${shown} is not a bucket name: use lower-case letters, digits, "-", "_" and "." only`;
  }
  if (!/^[a-z0-9].*[a-z0-9]$|^.$/.test(bucket)) {
    return `${shown} is not a bucket name: use a letter or a digit as its first and last character`;
  }
  const parts = bucket.split('.');
  const longest = parts.length > 1 ? 222 : 63;
  if (bucket.length < 3 || bucket.length > longest || parts.some((part) => part === '' || part.length > 63)) {
    return `${shown} is not a bucket name: use 3 to 63 characters (with dots up to 222, and 63 between two of them)`;
  }
  return null;
}

function wrong(text: string, reason: string): MediactlError {
  return new MediactlError('usage', `not a destination: ${printable(JSON.stringify(text))}`, {
    reason,
    hint: 'write gs://bucket/path, or the path of a folder',
  });
}
