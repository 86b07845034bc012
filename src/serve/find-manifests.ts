import type { ManifestFormat } from '../model/playback.js';
import { MASTER_NAME } from '../model/title-files.js';
import type { MediaSource } from './media.js';

export interface FoundManifest {
  readonly format: ManifestFormat;
  /** Its path in the title. */
  readonly path: string;
}

/** What tools call the file that players open, in the order in which they are looked for. */
const USUAL_NAMES = [
  MASTER_NAME,
  'manifest.mpd',
  ...['index.m3u8', 'main.m3u8', 'playlist.m3u8', 'manifest.m3u8', 'stream.m3u8', 'hls.m3u8'],
  ...['stream.mpd', 'index.mpd', 'dash.mpd', 'output.mpd', 'h264.mpd'],
];

/** By extension; null: neither. */
export function formatByName(path: string): ManifestFormat | null {
  if (/\.m3u8$/i.test(path)) return 'hls';
  return /\.mpd$/i.test(path) ? 'dash' : null;
}

/**
 * The first of each format: what a title offers to players. `names`: those that are in its folder; null: unknown, so the
 * usual ones are tried. A playlist that lists others comes before one that lists segments. Throws what `open` throws.
 */
export async function findManifests(
  media: MediaSource,
  names: readonly string[] | null,
): Promise<readonly FoundManifest[]> {
  const others = (names ?? []).filter((name) => formatByName(name) !== null && !USUAL_NAMES.includes(name)).sort();
  const candidates = names === null ? USUAL_NAMES : [...USUAL_NAMES.filter((name) => names.includes(name)), ...others];
  const found = new Map<ManifestFormat, FoundManifest & { readonly isTop: boolean }>();
  for (const path of candidates) {
    const format = formatByName(path);
    const before = format === null ? undefined : found.get(format);
    if (format === null || before?.isTop === true) continue;
    const kind = await manifestKind(media, path);
    if (kind === null || kind.format !== format) continue;
    if (before === undefined || kind.isTop) found.set(format, { format, path, isTop: kind.isTop });
  }
  return [...found.values()].map(({ format, path }) => ({ format, path }));
}

export interface ManifestKind {
  readonly format: ManifestFormat;
  /** It is what players open, and not one rendition of that. */
  readonly isTop: boolean;
}

/** What a file is by its first bytes; null: no manifest, or not there. Throws what `open` throws. */
export async function manifestKind(media: MediaSource, path: string): Promise<ManifestKind | null> {
  const file = await media.open(path);
  if (file === null) return null;
  try {
    let head = '';
    for await (const bytes of file.read(0, Math.min(file.bytes, HEAD_BYTES)))
      head += Buffer.from(bytes).toString('latin1');
    const text = head.replace(/^\xef\xbb\xbf/, '').trimStart();
    if (text.startsWith('#EXTM3U')) return { format: 'hls', isTop: text.includes('#EXT-X-STREAM-INF') };
    return /<([\w-]+:)?MPD[\s>]/.test(text) ? { format: 'dash', isTop: true } : null;
  } finally {
    await file.close();
  }
}

const HEAD_BYTES = 64 * 1024;
