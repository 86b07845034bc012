import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMultivariantPlaylist, type MultivariantPlaylist } from '../../tools/m3u8-multivariant.js';
import type { FileSizes } from './file-sizes.js';
import type { Findings } from './findings.js';
import { surveyPlaylist, type TitlePlaylist } from './survey-playlist.js';
import { titlePath } from './title-path.js';

/** A title as its playlists describe it; their entries stay in the files. Paths are inside the title. */
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

/** Reads the playlists; null when there is no multivariant playlist to start from. */
export async function readTitle(
  folder: string,
  masterPath: string,
  sizes: FileSizes,
  findings: Findings,
): Promise<Title | null> {
  if ((await sizes.inFolder(masterPath)) === null) return null;
  const text = await readFile(join(folder, masterPath), 'utf8');
  const hasMark = text.startsWith('\u{feff}');
  if (hasMark) findings.error(masterPath, 'playlist-syntax', 'it begins with a byte order mark');
  const master = parseMultivariantPlaylist(hasMark ? text.slice(1) : text);
  for (const complaint of master.complaints) findings.error(masterPath, 'playlist-syntax', complaint);
  if (master.variants.length === 0) findings.error(masterPath, 'no-variants', 'it lists no variant');
  if (!master.independent) {
    findings.warning(masterPath, 'not-independent', 'it does not say EXT-X-INDEPENDENT-SEGMENTS');
  }

  const playlists = new Map<string, TitlePlaylist>();
  const open = async (uris: readonly string[]): Promise<TitlePlaylist[]> => {
    const found: TitlePlaylist[] = [];
    for (const uri of uris) {
      if (playlists.has(uri)) continue;
      const target = titlePath(masterPath, uri);
      if (target.path === null) findings.error(masterPath, target.code, target.message);
      if (target.path === null || (await sizes.inFolder(target.path)) === null) continue;
      const playlist = await surveyPlaylist(folder, target.path, findings);
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
