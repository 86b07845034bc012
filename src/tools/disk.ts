import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Bytes that this user may still write on the disk of `path`, or of its nearest folder that exists; null where the
 * system does not say. Network disks and quotas may promise more than they keep.
 */
export async function freeBytes(path: string): Promise<number | null> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const stats = await statfs(folder, { bigint: true });
      return Number(stats.bavail * stats.bsize);
    } catch (error) {
      const missing =
        error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      if (!missing || dirname(folder) === folder) return null;
    }
  }
}
