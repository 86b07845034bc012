import type { RawRule } from '../../storage/gcs/bucket-resource.js';

/** What web players send, and read of the answers (hls.js, dash.js, Shaka Player): ranges, sizes, the server's clock. */
export const PLAYER_HEADERS = ['Content-Type', 'Content-Length', 'Content-Range', 'Range', 'Accept-Ranges', 'Date'];

const PLAYER_METHODS = ['GET', 'HEAD', 'OPTIONS'];
/** OPTIONS is the preflight's own and need not be listed. */
const NEEDED_METHODS = ['GET', 'HEAD'];

/** Seconds for which a browser need not ask again. */
const MAX_AGE = 3600;

/**
 * The CORS configuration with which web players on pages of these origins ("*": all) play: what is there, entries for
 * players with the headers that they lack, and an entry for the origins that have none. Nothing is taken away, and no
 * entry loses its place: of several that fit a request, the first decides. The same list when nothing is missing.
 * https://cloud.google.com/storage/docs/cross-origin
 */
export function corsForPlayers(entries: readonly RawRule[], origins: readonly string[]): readonly RawRule[] {
  const extended = entries.map((entry) => {
    const missing = decidesFor(entry, origins) ? missingHeaders(entry) : [];
    return missing.length === 0 ? entry : { ...entry, responseHeader: [...words(entry, 'responseHeader'), ...missing] };
  });
  const left = origins.filter((origin) => !NEEDED_METHODS.every((method) => hasEntry(entries, origin, method)));
  if (left.length > 0) {
    const all = left.includes('*') ? ['*'] : left;
    extended.push({ origin: all, method: PLAYER_METHODS, responseHeader: PLAYER_HEADERS, maxAgeSeconds: MAX_AGE });
  }
  const isSame = extended.length === entries.length && extended.every((entry, i) => entry === entries[i]);
  return isSame ? entries : extended;
}

/** Whether it answers GET or HEAD of a page of these origins. */
function decidesFor(entry: RawRule, origins: readonly string[]): boolean {
  const own = words(entry, 'origin');
  const fits = origins.includes('*') || own.includes('*') || own.some((origin) => origins.includes(origin));
  return fits && NEEDED_METHODS.some((method) => hasMethod(entry, method));
}

function hasEntry(entries: readonly RawRule[], origin: string, method: string): boolean {
  return entries.some((entry) => {
    const own = words(entry, 'origin');
    return (own.includes('*') || own.includes(origin)) && hasMethod(entry, method);
  });
}

function hasMethod(entry: RawRule, method: string): boolean {
  const own = words(entry, 'method');
  return own.includes('*') || own.includes(method);
}

function missingHeaders(entry: RawRule): string[] {
  const own = words(entry, 'responseHeader').map((name) => name.toLowerCase());
  return own.includes('*') ? [] : PLAYER_HEADERS.filter((name) => !own.includes(name.toLowerCase()));
}

function words(entry: RawRule, key: string): string[] {
  const value = entry[key];
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
}
