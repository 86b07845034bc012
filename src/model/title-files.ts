import type { ArtifactClass, TitleRecord } from './artifact.js';

export const MASTER_NAME = 'master.m3u8';

export const RECORD_NAME = 'mediactl.json';

/** What a file of a title is, as far as its headers depend on it. */
export type ObjectClass =
  ArtifactClass | 'dash-manifest' | 'live-playlist' | 'subtitles' | 'image' | 'content-key' | 'other';

/** The steps in which objects appear, each when the one before is confirmed: what is named comes before what names it. */
export const STEPS = [0, 1, 2] as const;

/** 0: segments and whatever else nothing has to be there for; 1: media playlists; 2: what players open. */
export function stepOf(kind: ObjectClass): (typeof STEPS)[number] {
  if (kind === 'multivariant-playlist' || kind === 'dash-manifest') return 2;
  return kind === 'media-playlist' || kind === 'live-playlist' ? 1 : 0;
}

/** What a file of a title of ours is, by its path: records of titles do not say it. */
export function classOf(path: string): ArtifactClass {
  if (path === MASTER_NAME) return 'multivariant-playlist';
  if (path.endsWith('.m3u8')) return 'media-playlist';
  if (path.endsWith('.json') || path.endsWith('.ndjson')) return 'record';
  return 'segment';
}

/** The bytes of a mediactl.json. */
export function recordText(record: TitleRecord): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(record, null, 2)}\n`);
}
