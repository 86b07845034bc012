import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { hasErrorCode } from '../errors.js';
import { isCleanPath } from '../storage/storage.js';
import type { MediaFile, MediaSource } from './media.js';

const PIECE = 64 * 1024;

/**
 * The files of a folder of this machine. What is not in it is not there, by whatever name it is asked for: neither by
 * "..", nor by a link that leads out of it. Hidden files, and what is no plain file, are left out as well.
 */
export async function folderMedia(folder: string): Promise<MediaSource> {
  const root = await realpath(folder);
  const inside = root.endsWith(sep) ? root : `${root}${sep}`;
  return {
    open: async (path) => {
      if (!isCleanPath(path) || path.split('/').some((part) => part.startsWith('.'))) return null;
      try {
        const real = await realpath(join(root, path));
        return real.startsWith(inside) ? await openPlain(real) : null;
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENXIO')) return null;
        throw error;
      }
    },
    close: async () => {},
  };
}

async function openPlain(file: string): Promise<MediaFile | null> {
  // A named pipe would be waited for without O_NONBLOCK. Windows knows neither flag, and undefined adds nothing.
  const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
  const handle = await open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  const stats = await handle.stat().catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  if (!stats.isFile()) {
    await handle.close();
    return null;
  }
  return {
    bytes: stats.size,
    async *read(start, end) {
      for (let at = start; at < end;) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE, end - at));
        const { bytesRead } = await handle.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error('the file became shorter while it was sent');
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    },
    close: () => handle.close(),
  };
}
