import { extname } from 'node:path/posix';
import picomatch from 'picomatch';
import type { HeaderRule } from '../model/header-rule.js';
import { classByName, FILE_CLASSES, type FileClass } from '../model/title-files.js';
import type { ObjectHeaders } from './storage.js';

export interface HeaderOptions {
  /** All that match apply, in order; of two that set the same thing the later wins. */
  readonly rules?: readonly HeaderRule[];
  /** For every object; rules add to it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Length of a live segment, for live playlists. Default 2. */
  readonly liveSegmentSeconds?: number;
}

/** The headers of each object of a title, by its path and what it is. Pure. */
export function headerPolicy(options: HeaderOptions = {}): (path: string, kind: FileClass) => ObjectHeaders {
  const rules = (options.rules ?? []).map((rule) => {
    const basename = !rule.match.includes('/');
    return { ...rule, matches: picomatch(rule.match, { basename, dot: true }) };
  });
  return (path, kind) => {
    const known = kind === 'other' ? classByName(path) : kind;
    let contentType = contentTypeOf(path, known);
    let cacheControl = cacheControlOf(known, options.liveSegmentSeconds ?? 2);
    const metadata = new Map<string, string | null>(Object.entries(options.metadata ?? {}));
    for (const rule of rules) {
      if (!rule.matches(path)) continue;
      contentType = rule.contentType ?? contentType;
      cacheControl = rule.cacheControl ?? cacheControl;
      for (const [key, value] of Object.entries(rule.metadata ?? {})) metadata.set(key, value);
    }
    const pairs = [...metadata].flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
    const without = [...metadata].flatMap(([key, value]) => (value === null ? [key] : []));
    const wanted = { contentType, cacheControl, metadata: Object.fromEntries(pairs) };
    return without.length === 0 ? wanted : { ...wanted, without };
  };
}

/** Whether what is there has the headers that are wanted; metadata of other keys is others' affair. */
export function hasHeaders(existing: ObjectHeaders, wanted: ObjectHeaders): boolean {
  return (
    existing.contentType === wanted.contentType &&
    existing.cacheControl === wanted.cacheControl &&
    Object.entries(wanted.metadata).every(([key, value]) => existing.metadata[key] === value) &&
    !(wanted.without ?? []).some((key) => key in existing.metadata)
  );
}

/** Those wanted, and the metadata of other keys that is there: for bytes that replace others. */
export function keepingOthers(wanted: ObjectHeaders, existing: ObjectHeaders | null): ObjectHeaders {
  const gone = new Set(wanted.without);
  const others = Object.entries(existing?.metadata ?? {}).filter(([key]) => !gone.has(key));
  const { contentType, cacheControl, metadata } = wanted;
  return { contentType, cacheControl, metadata: { ...Object.fromEntries(others), ...metadata } };
}

// A name that is never reused for other bytes may be kept for ever, the rest is asked for again soon.
const IMMUTABLE = 'public, max-age=31536000, immutable';

function cacheControlOf(kind: FileClass, liveSegmentSeconds: number): string {
  const { cache } = FILE_CLASSES[kind];
  if (cache === 'for-ever') return IMMUTABLE;
  return cache === 'live' ? `public, max-age=${Math.max(1, Math.floor(liveSegmentSeconds / 2))}` : cache;
}

function contentTypeOf(path: string, kind: FileClass): string {
  if (kind === 'content-key') return 'application/octet-stream';
  const extension = extname(path).toLowerCase();
  const audio = AUDIO_TYPES[extension];
  if (audio !== undefined && isAudio(path)) return audio;
  return CONTENT_TYPES.get(extension) ?? 'application/octet-stream';
}

/** mediactl's renditions of sound are in folders named "audio-…"; most packagers name theirs so, too. */
function isAudio(path: string): boolean {
  return /(^|[/_-])audio([/_.-]|\d)/i.test(path);
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { '.m4s': 'audio/mp4', '.mp4': 'audio/mp4' };

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  Object.values(FILE_CLASSES).flatMap(({ types }) => Object.entries<string>(types)),
);
