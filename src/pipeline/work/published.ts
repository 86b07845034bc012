import { copyFile, lstat, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import type { Segment } from '../../model/artifact.js';

/** What of a title is already where it belongs. */
export interface Published {
  /** Whether the segment's file is there and is that very segment, as far as that is known. */
  has(segment: Segment): Promise<boolean>;
  /** Copies a file of the title to a local path; false when it is not there. */
  fetch(path: string, file: string): Promise<boolean>;
}

/** A title in a folder, by the sizes of its files. */
export function publishedIn(root: string): Published {
  return {
    has: (segment) => isIn(root, segment),
    async fetch(path, file) {
      try {
        await copyFile(join(root, path), file);
        return true;
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
        throw error;
      }
    },
  };
}

/** Whether the segment is below `root`, by its size. */
export async function isIn(root: string, segment: Segment): Promise<boolean> {
  const stats = await lstat(join(root, segment.rendition, segment.file)).catch(() => null);
  return stats?.isFile() === true && stats.size === segment.bytes;
}

/** Copies a file of the title to `path` unless something is there. */
export async function importPublished(path: string, from: string, published: Published): Promise<void> {
  if (await stat(path).catch(() => null)) return;
  const temporary = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  if (await published.fetch(from, temporary)) await rename(temporary, path);
}
