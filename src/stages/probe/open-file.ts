import { constants } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MediactlError } from '../../errors.js';
import { nearest, printable, shellQuote } from '../../model/text.js';

/** A file opened for reading; whoever asked for it closes the handle. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly absolutePath: string;
  readonly bytes: number;
  /** Milliseconds since the epoch, whole. */
  readonly modifiedMs: number;
}

/**
 * Opens what a user named as input. It must be a regular file (or a link to one): a pipe or a device cannot be
 * read twice, and a title is made by several readers. Throws `input-not-found`, `input-unreadable`,
 * `input-unsupported`.
 */
export async function openRegularFile(path: string): Promise<OpenFile> {
  const absolutePath = resolve(path);
  // Non-blocking, so that opening a FIFO nobody writes to does not wait for ever.
  const handle = await open(absolutePath, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    async (error: unknown) => {
      throw await cannotOpen(path, error);
    },
  );
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw notAFile(path, kindOf(stats));
    return { handle, absolutePath, bytes: stats.size, modifiedMs: Math.floor(stats.mtimeMs) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function cannotOpen(path: string, error: unknown): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const name = printable(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return new MediactlError('input-not-found', `there is no file ${name}`, {
        ...(await adviceFor(path)),
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new MediactlError('input-unreadable', `cannot read ${name}`, {
        reason: 'permission denied',
        hint: 'make the file and the folders above it readable for this user',
        cause: error,
      });
    case 'EISDIR':
      return notAFile(path, 'a folder');
    case 'ENXIO':
    case 'ENODEV':
    case 'EOPNOTSUPP':
      return notAFile(path, 'a socket or a device');
    default:
      if (typeof code !== 'string') return error;
      return new MediactlError('input-unreadable', `cannot read ${name}`, {
        reason: error instanceof Error ? error.message : code,
        hint: 'check the disk or the network share it is on',
        cause: error,
      });
  }
}

async function adviceFor(path: string): Promise<{ reason?: string; hint: string }> {
  if (path === '-' || path.startsWith('pipe:')) {
    return { reason: 'mediactl does not read from a pipe', hint: 'write it to a file first' };
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    return { reason: 'mediactl reads files, gs:// and, with --allow-http, https://', hint: 'download it first' };
  }
  const near = await fileNear(path);
  return { hint: near === null ? 'check the spelling and the folder you are in' : `did you mean ${shellQuote(near)}?` };
}

/** A file of the same folder whose name begins so, or is nearly that one. */
async function fileNear(path: string): Promise<string | null> {
  const name = basename(path);
  const entries = await readdir(dirname(resolve(path)), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const near = files.find((file) => name.length > 2 && file.startsWith(name)) ?? nearest(name, files);
  return near === null ? null : join(dirname(path), near);
}

function notAFile(path: string, kind: string): MediactlError {
  const hint = kind === 'a folder' ? 'name the media file inside it' : 'copy its content into a file first';
  return new MediactlError('input-unsupported', `${printable(path)} is ${kind}, not a file`, { hint });
}

function kindOf(stats: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}
