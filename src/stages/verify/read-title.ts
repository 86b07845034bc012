import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import {
  parseMediaPlaylist,
  parseMultivariantPlaylist,
  type MediaPlaylist,
  type MultivariantPlaylist,
  type PlaylistSegment,
} from '../../tools/m3u8.js';
import type { Findings } from './findings.js';

/** A title as its playlists describe it, with the sizes of its files. Paths are inside the title. */
export interface Title {
  readonly folder: string;
  readonly masterPath: string;
  readonly master: MultivariantPlaylist;
  /** By the URI the multivariant playlist gives; those that could be read. */
  readonly playlists: ReadonlyMap<string, TitlePlaylist>;
  /** Playlists of variants, each once, in the order listed. */
  readonly variants: readonly TitlePlaylist[];
  /** Playlists of audio renditions that are no variant themselves. */
  readonly audio: readonly TitlePlaylist[];
  readonly iframes: readonly TitlePlaylist[];
}

export interface TitlePlaylist {
  readonly path: string;
  readonly playlist: MediaPlaylist;
  readonly segments: readonly TitleSegment[];
  /** Sum of EXTINF. */
  readonly micros: number;
}

export interface TitleSegment extends PlaylistSegment {
  /** Empty: outside the title. */
  readonly path: string;
  /** Of the byte range, or the file; 0 when it is missing. */
  readonly bytes: number;
  /** Of the file. */
  readonly fileBytes: number;
}

/** File sizes looked up side by side. */
const STATS_AT_ONCE = 32;

/** Reads the playlists and file sizes; null when there is no multivariant playlist to start from. */
export async function readTitle(
  folder: string,
  masterPath: string,
  findings: Findings,
  elsewhere: ReadonlyMap<string, number> = new Map(),
): Promise<Title | null> {
  const text = await readText(folder, masterPath, findings);
  if (text === null) return null;
  const master = parseMultivariantPlaylist(text);
  for (const complaint of master.complaints) findings.error(masterPath, 'playlist-syntax', complaint);
  if (master.variants.length === 0) findings.error(masterPath, 'no-variants', 'it lists no variant');
  if (!master.independent) {
    findings.warning(masterPath, 'not-independent', 'it does not say EXT-X-INDEPENDENT-SEGMENTS');
  }

  const playlists = new Map<string, TitlePlaylist>();
  const sizes = new Map<string, number | null>(elsewhere);
  const open = async (uris: readonly string[]): Promise<TitlePlaylist[]> => {
    const found: TitlePlaylist[] = [];
    for (const uri of uris) {
      if (playlists.has(uri)) continue;
      const playlist = await readPlaylist(folder, masterPath, uri, sizes, findings);
      if (!playlist) continue;
      playlists.set(uri, playlist);
      found.push(playlist);
    }
    return found;
  };
  return {
    folder,
    masterPath,
    master,
    playlists,
    variants: await open(master.variants.map((variant) => variant.uri)),
    audio: await open(master.audio.flatMap((member) => member.uri ?? [])),
    iframes: await open(master.iframes.map((variant) => variant.uri)),
  };
}

async function readPlaylist(
  folder: string,
  masterPath: string,
  uri: string,
  sizes: Map<string, number | null>,
  findings: Findings,
): Promise<TitlePlaylist | null> {
  const path = resolve(masterPath, uri, findings);
  const text = path === null ? null : await readText(folder, path, findings);
  if (path === null || text === null) return null;
  const playlist = parseMediaPlaylist(text);
  for (const complaint of playlist.complaints) findings.error(path, 'playlist-syntax', complaint);

  const paths = playlist.segments.map((segment) => resolve(path, segment.uri, findings));
  const unknown = [...new Set(paths)].filter((file) => file !== null && !sizes.has(file));
  for (let i = 0; i < unknown.length; i += STATS_AT_ONCE) {
    const batch = unknown.slice(i, i + STATS_AT_ONCE).map(async (file) => {
      if (file !== null) sizes.set(file, await sizeOf(folder, file, findings));
    });
    await Promise.all(batch);
  }
  const segments = playlist.segments.map((segment, i) => {
    const file = paths[i] ?? '';
    const fileBytes = sizes.get(file) ?? 0;
    return { ...segment, path: file, fileBytes, bytes: segment.range?.bytes ?? fileBytes };
  });
  return { path, playlist, segments, micros: segments.reduce((sum, segment) => sum + segment.micros, 0) };
}

/** A URI of the file `from`, as a path inside the title; null, and a finding, when it leads elsewhere. */
function resolve(from: string, uri: string, findings: Findings): string | null {
  let path: string;
  try {
    path = decodeURIComponent(uri.replace(/[?#].*$/s, ''));
  } catch {
    findings.error(from, 'uri-unreadable', `"${uri}" is not percent-encoded properly`);
    return null;
  }
  const whole = posix.normalize(posix.join(posix.dirname(from), path));
  const elsewhere = /^[a-z][a-z0-9+.-]*:/i.test(uri) || path.startsWith('/') || path.includes('\0');
  if (path === '' || elsewhere || whole === '..' || whole.startsWith('../')) {
    findings.error(from, 'uri-outside', `"${uri}" does not lead to a file of the title`);
    return null;
  }
  return whole;
}

async function readText(folder: string, path: string, findings: Findings): Promise<string | null> {
  if ((await sizeOf(folder, path, findings)) === null) return null;
  const bytes = await readFile(join(folder, path));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    findings.error(path, 'playlist-syntax', 'it begins with a byte order mark');
    return bytes.toString('utf8', 3);
  }
  return bytes.toString('utf8');
}

async function sizeOf(folder: string, path: string, findings: Findings): Promise<number | null> {
  try {
    const found = await stat(join(folder, path));
    if (!found.isFile()) findings.error(path, 'missing-file', 'it is not a file');
    else if (found.size === 0) findings.error(path, 'empty-file', 'it is empty');
    else return found.size;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')))
      throw error;
    findings.error(path, 'missing-file', 'it is not there');
  }
  return null;
}
