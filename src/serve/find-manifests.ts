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
  'cmaf.m3u8',
  ...['index.m3u8', 'main.m3u8', 'playlist.m3u8', 'manifest.m3u8', 'stream.m3u8', 'hls.m3u8'],
  ...['stream.mpd', 'index.mpd', 'dash.mpd', 'output.mpd', 'h264.mpd'],
];

/** By extension; null: neither. */
export function formatByName(path: string): ManifestFormat | null {
  if (/\.m3u8$/i.test(path)) return 'hls';
  return /\.mpd$/i.test(path) ? 'dash' : null;
}

/**
 * All that players may open, the usual names first: playlists that list others, and manifests; of a format that has none
 * of these, the first playlist of segments. `names`: those that are in its folder; null: unknown, so the usual ones are
 * tried. Throws what `open` throws.
 */
export async function findManifests(
  media: MediaSource,
  names: readonly string[] | null,
): Promise<readonly FoundManifest[]> {
  const others = (names ?? []).filter((name) => formatByName(name) !== null && !USUAL_NAMES.includes(name)).sort();
  const candidates = names === null ? USUAL_NAMES : [...USUAL_NAMES.filter((name) => names.includes(name)), ...others];
  const tops: FoundManifest[] = [];
  let plain: FoundManifest | null = null;
  for (const path of candidates.slice(0, MOST)) {
    const format = formatByName(path);
    const kind = await manifestKind(media, path);
    if (kind === null || kind.format !== format) continue;
    if (kind.isTop) tops.push({ format, path });
    else plain ??= { format, path };
  }
  return tops.length === 0 && plain !== null ? [plain] : tops;
}

/** Of a folder full of playlists not all are read. */
const MOST = 200;

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
