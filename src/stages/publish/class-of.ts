import type { ArtifactClass } from '../../model/artifact.js';
import { MASTER_NAME } from './ownership.js';

/** What a file of a title of ours is, by its path: records of titles do not say it. */
export function classOf(path: string): ArtifactClass {
  if (path === MASTER_NAME) return 'multivariant-playlist';
  if (path.endsWith('.m3u8')) return 'media-playlist';
  if (path.endsWith('.json') || path.endsWith('.ndjson')) return 'record';
  return 'segment';
}
