import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LOCK_PREFIX } from './lock.js';

/** Bytes of all files below a working folder but its lock; what goes away meanwhile counts for nothing. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    const isLock = entry.parentPath === folder && entry.name.startsWith(LOCK_PREFIX);
    if (!entry.isFile() || isLock) continue;
    bytes += (await lstat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
