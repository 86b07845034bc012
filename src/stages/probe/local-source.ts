import type { Source } from '../../model/source.js';
import { localAddress } from '../../tools/input-safety.js';
import { fingerprint } from './identity.js';
import { openRegularFile } from './open-file.js';

/**
 * A file of this machine. `path`: as the user named it, from the current folder. Throws `input-not-found`,
 * `input-unreadable`, `input-unsupported` (not a regular file).
 */
export async function openLocalSource(path: string): Promise<Source> {
  const { handle, absolutePath, bytes, modifiedMs } = await openRegularFile(path);
  try {
    return {
      identity: { path, absolutePath, bytes, modifiedMs, fingerprint: await fingerprint(handle, bytes) },
      address: localAddress(absolutePath),
      distant: false,
      async read(offset, length) {
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, bytes - offset)));
        if (buffer.length === 0) return buffer;
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
