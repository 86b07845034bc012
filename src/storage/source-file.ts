import { stat } from 'node:fs/promises';
import { MediactlError } from '../errors.js';
import { asReadError } from '../errors/disk.js';
import { printable } from '../model/text.js';
import type { FileStamp } from './storage.js';

/** What a file that is to be published is now. Throws MediactlError input-unreadable, also when it is a folder. */
export async function stampOf(file: string): Promise<FileStamp> {
  const stats = await stat(file).catch((error: unknown) => {
    throw asReadError(error, file);
  });
  if (stats.isDirectory()) throw asReadError(Object.assign(new Error('is a folder'), { code: 'EISDIR' }), file);
  return stats;
}

/** Throws MediactlError source-changed when a file that is to be published is not what it was before. */
export function checkUntouched(file: string, before: FileStamp, now: FileStamp): void {
  if (now.size !== before.size || now.mtimeMs !== before.mtimeMs) throw fileChanged(file);
}

/** For a file that is not what it was when its size or its checksum was taken. */
export function fileChanged(file: string): MediactlError {
  return new MediactlError('source-changed', `${printable(file)} changed while it was being published`, {
    reason: 'its content has changed since its size and checksum were taken',
    hint: 'wait until nothing writes to it any more, then run the same command again',
  });
}
