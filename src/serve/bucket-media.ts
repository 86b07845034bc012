import { MediactlError } from '../errors.js';
import { openReader, type GcsOptions } from '../storage/gcs/open-gcs.js';
import { isCleanPath } from '../storage/storage.js';
import type { MediaFile, MediaSource } from './media.js';

/** Asked for at once: more would have to be kept while the player's line is slow. */
const BLOCK = 1024 * 1024;

/**
 * The objects below `prefix` of a bucket ("" for all), read by ranges with the credentials of this machine: a private
 * bucket plays, and one without CORS. Each answer is of one generation. Throws MediactlError usage.
 */
export function bucketMedia(bucket: string, prefix: string, options: GcsOptions): MediaSource {
  const reader = openReader(bucket, options);
  return {
    open: async (path) => {
      if (!isCleanPath(path)) return null;
      try {
        const pinned = await reader.open(prefix === '' ? path : `${prefix}/${path}`);
        return {
          bytes: pinned.bytes,
          read: (start, end) => inBlocks((...range) => pinned.fetch(...range), start, end),
          close: async () => {},
        };
      } catch (error) {
        if (error instanceof MediactlError && error.code === 'input-not-found') return null;
        throw error;
      }
    },
    close: async () => reader.close(),
  };
}

type Fetch = (start: number, end: number, take: (bytes: Buffer) => void) => Promise<void>;

async function* inBlocks(fetch: Fetch, start: number, end: number): ReturnType<MediaFile['read']> {
  for (let at = start; at < end; at += BLOCK) {
    const pieces: Buffer[] = [];
    await fetch(at, Math.min(at + BLOCK, end), (piece) => pieces.push(piece));
    yield* pieces;
  }
}
