/** What players of HLS open. */
export const MASTER_NAME = 'master.m3u8';

/** The same for the CMAF form of a title that has MPEG-TS as well. */
export const CMAF_MASTER_NAME = 'cmaf.m3u8';

/** The DASH manifest. */
export const MPD_NAME = 'manifest.mpd';

/** The same for players of Clear Key, beside the one for other DRM systems: DASH-IF forbids both in one. */
export const CLEARKEY_MPD_NAME = 'clearkey.mpd';

/** What players open, as titles have it: the names stay when a title is made again. */
export const ENTRY_NAMES = [MASTER_NAME, CMAF_MASTER_NAME, MPD_NAME, CLEARKEY_MPD_NAME] as const;

export const RECORD_NAME = 'mediactl.json';

/** What a file of a title is. All that depends on it is in `FILE_CLASSES`. */
export type FileClass =
  | 'segment'
  | 'init'
  | 'subtitles'
  | 'image'
  | 'content-key'
  | 'media-playlist'
  | 'live-playlist'
  | 'multivariant-playlist'
  | 'dash-manifest'
  | 'record'
  | 'other';

/**
 * The steps in which files appear, each when the one before is confirmed: what is named comes before what names it.
 * 0: records, by which a later run knows what an interrupted one has brought; 1: segments and whatever else nothing has
 * to be there for; 2: media playlists; 3: what players open. Files are removed in the opposite order.
 */
export const STEPS = [0, 1, 2, 3] as const;

export type Step = (typeof STEPS)[number];

/** The step of what players open. */
export const ENTRY_STEP: Step = 3;

interface FileRule {
  readonly step: Step;
  /**
   * A string: how long caches may keep it. `for-ever`: its name is never used again for other bytes, so that caches may
   * keep it and publishing never replaces it. `live`: it depends on the length of a live segment.
   */
  readonly cache: string;
  /** Content-Type by extension; these extensions also tell the class of a file of which only the name is known. */
  readonly types: Readonly<Record<string, string>>;
}

const HLS_PLAYLIST = 'application/vnd.apple.mpegurl';

/**
 * One row a class: a class without a row does not compile. Types by RFC 8216 section 4 (playlists), RFC 3551 (MPEG-TS),
 * RFC 4337 (MP4), ISO 23009-1 annex C (MPD, segments).
 */
export const FILE_CLASSES = {
  segment: {
    step: 1,
    cache: 'for-ever',
    types: {
      '.ts': 'video/mp2t',
      '.m4s': 'video/iso.segment',
      '.cmfv': 'video/mp4',
      '.cmfa': 'audio/mp4',
      '.mp4': 'video/mp4',
      '.m4v': 'video/mp4',
      '.m4a': 'audio/mp4',
      '.aac': 'audio/aac',
    },
  },
  init: { step: 1, cache: 'for-ever', types: {} },
  subtitles: { step: 1, cache: 'for-ever', types: { '.vtt': 'text/vtt; charset=utf-8' } },
  image: {
    step: 1,
    cache: 'public, max-age=604800',
    types: { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png', '.webp': 'image/webp' },
  },
  'content-key': { step: 1, cache: 'private, no-store', types: { '.key': 'application/octet-stream' } },
  'media-playlist': { step: 2, cache: 'public, max-age=60', types: { '.m3u8': HLS_PLAYLIST } },
  'live-playlist': { step: 2, cache: 'live', types: {} },
  'multivariant-playlist': { step: 3, cache: 'public, max-age=300', types: {} },
  'dash-manifest': { step: 3, cache: 'public, max-age=60', types: { '.mpd': 'application/dash+xml' } },
  record: { step: 0, cache: 'no-cache', types: {} },
  other: {
    step: 1,
    cache: 'public, max-age=60',
    types: {
      '.json': 'application/json',
      '.ndjson': 'application/x-ndjson',
      '.txt': 'text/plain; charset=utf-8',
      '.html': 'text/html; charset=utf-8',
      '.css': 'text/css; charset=utf-8',
      '.js': 'text/javascript; charset=utf-8',
    },
  },
} as const satisfies Readonly<Record<FileClass, FileRule>>;

export function stepOf(kind: FileClass): Step {
  return FILE_CLASSES[kind].step;
}

/** Whether its name is never used again for other bytes. */
export function isForEver(kind: FileClass): boolean {
  return FILE_CLASSES[kind].cache === 'for-ever';
}

/** What a file is as far as its name says: a multivariant playlist looks like any other playlist. */
export function classByName(path: string): FileClass {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (/^(.*[-_.])?init(?![a-z])[^.]*\.(mp4|m4s|cmfv|cmfa)$/.test(name)) return 'init';
  return BY_EXTENSION.get(/.(\.[^.]*)$/.exec(name)?.[1] ?? '') ?? 'other';
}

const BY_EXTENSION: ReadonlyMap<string, FileClass> = new Map(
  Object.entries(FILE_CLASSES).flatMap(([kind, { types }]) =>
    isFileClass(kind) ? Object.keys(types).map((extension) => [extension, kind] as const) : [],
  ),
);

/** What a file of a title of ours is: as its record says, or, as older records do not, by its path. */
export function classOf({
  path,
  class: kind,
}: {
  readonly path: string;
  readonly class?: string | undefined;
}): FileClass {
  if (kind !== undefined && isFileClass(kind)) return kind;
  if (path === MASTER_NAME || path === CMAF_MASTER_NAME) return 'multivariant-playlist';
  return path.endsWith('.json') || path.endsWith('.ndjson') ? 'record' : classByName(path);
}

function isFileClass(text: string): text is FileClass {
  return Object.hasOwn(FILE_CLASSES, text);
}
