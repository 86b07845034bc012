import { join } from 'node:path';
import { MediaPlaylistReader, readMediaPlaylist } from '../../tools/m3u8-media.js';
import type { Findings } from './findings.js';
import { titlePath } from './title-path.js';

/** What a media playlist says as a whole. Its entries are read when they are wanted: segments.ts. */
export interface TitlePlaylist {
  /** Of the playlist, inside the title. */
  readonly path: string;
  readonly version: number;
  /** Null: the playlist does not say. */
  readonly targetSeconds: number | null;
  readonly vod: boolean;
  readonly ended: boolean;
  readonly iframesOnly: boolean;
  /** Entries. */
  readonly segments: number;
  /** Sum of EXTINF, microseconds. */
  readonly micros: number;
  readonly hasRanges: boolean;
  readonly hasMaps: boolean;
  /** File of the first entry; null when there is none, or it is outside the title. */
  readonly firstPath: string | null;
}

/** Reads the playlist once from one end to the other: a tag that holds for all of it may stand anywhere (RFC 8216 4.3.3). */
export async function surveyPlaylist(folder: string, path: string, findings: Findings): Promise<TitlePlaylist> {
  const reader = new MediaPlaylistReader((complaint) => findings.error(path, 'playlist-syntax', complaint));
  let segments = 0;
  let micros = 0;
  let hasRanges = false;
  let map: string | null = null;
  let firstPath: string | null = null;
  const follow = (uri: string): string | null => {
    const target = titlePath(path, uri);
    if (target.path === null) findings.error(path, target.code, target.message);
    return target.path;
  };
  for await (const batch of readMediaPlaylist(join(folder, path), reader)) {
    for (const segment of batch) {
      const file = follow(segment.uri);
      if (segments === 0) firstPath = file;
      if (segment.map && segment.map.uri !== map) follow((map = segment.map.uri));
      segments++;
      micros += segment.micros;
      hasRanges ||= segment.range !== null;
    }
  }
  const { version, targetSeconds, vod, ended, iframesOnly } = reader;
  const hasMaps = map !== null;
  return {
    path,
    version,
    targetSeconds,
    vod,
    ended,
    iframesOnly,
    segments,
    micros,
    hasRanges,
    hasMaps,
    firstPath,
  };
}
