import { posix } from 'node:path';

/** Where a URI of a playlist leads: to a file of the title, or not. */
export type TitlePath =
  | { readonly path: string }
  | { readonly path: null; readonly code: 'uri-unreadable' | 'uri-outside'; readonly message: string };

/** A URI that stands in the file `from`, itself such a path, as a path inside the title, POSIX separators. */
export function titlePath(from: string, uri: string): TitlePath {
  // A plain name, as nearly all are: nothing to decode, nothing to walk.
  if (PLAIN.test(uri)) return { path: from.slice(0, from.lastIndexOf('/') + 1) + uri };
  let path: string;
  try {
    path = decodeURIComponent(uri.replace(/[?#].*$/s, ''));
  } catch {
    return { path: null, code: 'uri-unreadable', message: `"${uri}" is not percent-encoded properly` };
  }
  const whole = posix.normalize(posix.join(posix.dirname(from), path));
  const elsewhere = /^[a-z][a-z0-9+.-]*:/i.test(uri) || path.startsWith('/') || path.includes('\0');
  if (path === '' || elsewhere || whole === '..' || whole.startsWith('../')) {
    return { path: null, code: 'uri-outside', message: `"${uri}" does not lead to a file of the title` };
  }
  return { path: whole };
}

const PLAIN = /^[a-z0-9_-][a-z0-9._-]*$/i;
