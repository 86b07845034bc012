import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { hasErrorCode } from '../errors.js';

/**
 * Bytes that this user may still write at `path`, or at its nearest folder that exists; Infinity where the system
 * does not say, so that a check against it passes. Network disks and quotas may promise more than they keep.
 */
export async function freeBytes(path: string): Promise<number> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const stats = await statfs(folder, { bigint: true });
      return Number(stats.bavail * stats.bsize);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR') || dirname(folder) === folder) return Infinity;
    }
  }
}
