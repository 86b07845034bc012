import { extname } from 'node:path/posix';
import picomatch from 'picomatch';
import type { HeaderRule } from '../model/header-rule.js';
import type { ObjectClass } from '../model/title-files.js';
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
export function headerPolicy(options: HeaderOptions = {}): (path: string, kind: ObjectClass) => ObjectHeaders {
  const rules = (options.rules ?? []).map((rule) => {
    const basename = !rule.match.includes('/');
    return { ...rule, matches: picomatch(rule.match, { basename, dot: true }) };
  });
  return (path, kind) => {
    const known = kind === 'other' ? classByName(path) : kind;
    let contentType = contentTypeOf(path, known);
    let cacheControl = cacheControlOf(known, options.liveSegmentSeconds ?? 2);
    const metadata = { ...options.metadata };
    for (const rule of rules) {
      if (!rule.matches(path)) continue;
      contentType = rule.contentType ?? contentType;
      cacheControl = rule.cacheControl ?? cacheControl;
      Object.assign(metadata, rule.metadata);
    }
    return { contentType, cacheControl, metadata };
  };
}

export function sameHeaders(a: ObjectHeaders, b: ObjectHeaders): boolean {
  const keys = new Set([...Object.keys(a.metadata), ...Object.keys(b.metadata)]);
  return (
    a.contentType === b.contentType &&
    a.cacheControl === b.cacheControl &&
    [...keys].every((key) => a.metadata[key] === b.metadata[key])
  );
}

/** What a file of a folder made elsewhere is, as far as its name says: a master playlist looks like any other. */
export function classByName(path: string): ObjectClass {
  return BY_EXTENSION[extname(path).toLowerCase()] ?? 'other';
}

// A name that is never reused for other bytes may be kept for ever, the rest is asked for again soon.
const IMMUTABLE = 'public, max-age=31536000, immutable';

function cacheControlOf(kind: ObjectClass, liveSegmentSeconds: number): string {
  switch (kind) {
    case 'segment':
    case 'init':
    case 'subtitles':
      return IMMUTABLE;
    case 'multivariant-playlist':
      return 'public, max-age=300';
    case 'live-playlist':
      return `public, max-age=${Math.max(1, Math.floor(liveSegmentSeconds / 2))}`;
    case 'image':
      return 'public, max-age=604800';
    case 'content-key':
      return 'private, no-store';
    case 'record':
      return 'no-cache';
    case 'media-playlist':
    case 'dash-manifest':
    case 'other':
      return 'public, max-age=60';
  }
}

function contentTypeOf(path: string, kind: ObjectClass): string {
  if (kind === 'content-key') return 'application/octet-stream';
  const extension = extname(path).toLowerCase();
  const audio = AUDIO_TYPES[extension];
  if (audio !== undefined && isAudio(path)) return audio;
  return CONTENT_TYPES[extension] ?? 'application/octet-stream';
}

/** mediactl's renditions of sound are in folders named "audio-…"; most packagers name theirs so, too. */
function isAudio(path: string): boolean {
  return /(^|[/_-])audio([/_.-]|\d)/i.test(path);
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { '.m4s': 'audio/mp4', '.mp4': 'audio/mp4' };

/** RFC 8216 §4 (playlists), RFC 3551 (MPEG-TS), RFC 4337 (MP4), ISO 23009-1 annex C (MPD, segments). */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.ts': 'video/mp2t',
  '.m4s': 'video/iso.segment',
  '.cmfv': 'video/mp4',
  '.cmfa': 'audio/mp4',
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.m3u8': 'application/vnd.apple.mpegurl',
  '.mpd': 'application/dash+xml',
  '.vtt': 'text/vtt; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.txt': 'text/plain; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const BY_EXTENSION: Readonly<Record<string, ObjectClass>> = {
  '.ts': 'segment',
  '.m4s': 'segment',
  '.cmfv': 'segment',
  '.cmfa': 'segment',
  '.mp4': 'segment',
  '.m4v': 'segment',
  '.m4a': 'segment',
  '.aac': 'segment',
  '.m3u8': 'media-playlist',
  '.mpd': 'dash-manifest',
  '.vtt': 'subtitles',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.png': 'image',
  '.webp': 'image',
  '.key': 'content-key',
};
