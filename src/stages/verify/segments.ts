import { join } from 'node:path';
import { MediaPlaylistReader, readMediaPlaylist, type ByteRange } from '../../tools/m3u8-media.js';
import type { SizeLookup } from './file-sizes.js';
import type { TitlePlaylist } from './survey-playlist.js';
import { titlePath } from './title-path.js';

/** An entry of a media playlist, and where it leads. */
export interface ListedSegment {
  /** Position in its playlist. */
  readonly index: number;
  /** Of the file, inside the title; empty: outside of it. */
  readonly path: string;
  /** Of the file that EXT-X-MAP names; null where none does, or it is outside the title. */
  readonly initPath: string | null;
  /** EXTINF, whole microseconds. */
  readonly micros: number;
  readonly range: ByteRange | null;
  /** EXT-X-DISCONTINUITY stands before it. */
  readonly discontinuity: boolean;
}

export interface SizedSegment extends ListedSegment {
  /** Of the byte range, or the file; 0 when it is missing. */
  readonly bytes: number;
  /** Of the file. */
  readonly fileBytes: number;
}

/** The entries of a playlist, a few at a time: of a day's playlist not even the names are to be held at once. */
export async function* listSegments(
  folder: string,
  { path: from }: TitlePlaylist,
): AsyncGenerator<readonly ListedSegment[]> {
  let index = 0;
  for await (const segments of readMediaPlaylist(join(folder, from), new MediaPlaylistReader())) {
    yield segments.map(({ uri, micros, range, map, discontinuity }) => ({
      index: index++,
      path: titlePath(from, uri).path ?? '',
      initPath: map && titlePath(from, map.uri).path,
      micros,
      range,
      discontinuity,
    }));
  }
}

/** The same with the sizes of their files, looked up as one goes. */
export async function* sizeSegments(
  batches: AsyncIterable<readonly ListedSegment[]>,
  sizeOf: SizeLookup,
): AsyncGenerator<readonly SizedSegment[]> {
  // Of the last few files: playlists name one file many times in a row (byte ranges, EXT-X-MAP).
  let known: ReadonlyMap<string, number> = new Map();
  for await (const batch of batches) {
    const paths = new Set(batch.flatMap(({ path, initPath }) => [path, initPath ?? '']));
    paths.delete('');
    const lookUp = async (path: string): Promise<number> => known.get(path) ?? (await sizeOf(path)) ?? 0;
    known = new Map(await Promise.all([...paths].map(async (path) => [path, await lookUp(path)] as const)));
    yield batch.map((segment) => sized(segment, known.get(segment.path) ?? 0));
  }
}

export function sized(
  { index, path, initPath, micros, range, discontinuity }: ListedSegment,
  fileBytes: number,
): SizedSegment {
  return { index, path, initPath, micros, range, discontinuity, fileBytes, bytes: range?.bytes ?? fileBytes };
}
