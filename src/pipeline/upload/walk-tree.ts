import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { isCleanPath } from '../../storage/storage.js';
import { RECEIPT_ENDING } from './upload-receipt.js';

/** A file, folder or whatever else below a folder that could not be uploaded, though nobody said that it should not be. */
export interface LostFile {
  /** Below the folder; bytes of a name that are no UTF-8 are escaped: `bad\xff.ts`. */
  readonly path: string;
  /** "its name is not UTF-8" */
  readonly why: string;
}

/** Told of what is not walked into and not given. */
export interface LeftOut {
  /** Hidden, or a receipt. */
  readonly skipped: string[];
  readonly lost: LostFile[];
}

/** For what was listed, and is no longer there. */
export const WENT_AWAY = 'it went away while the folder was read';

/**
 * Paths of all files below `folder`, in the order of their names, folder by folder. What cannot be uploaded is put into
 * `left`. Throws MediactlError input-unreadable for a folder in it that cannot be read; the system's errors when
 * `folder` itself is none.
 */
export async function* walkTree(folder: string, left: LeftOut, prefix = ''): AsyncGenerator<string> {
  const at = join(folder, prefix);
  const entries = await readdir(at, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
    if (prefix === '') throw error;
    if (!isGone(error)) throw asReadError(error, at);
    left.lost.push({ path: prefix, why: WENT_AWAY });
    return [];
  });
  const named = entries.map((entry) => ({ entry, name: entry.name.toString('utf8') }));
  for (const { entry, name } of named.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix + name;
    if (name.startsWith('.') || name.endsWith(RECEIPT_ENDING)) {
      // A receipt names folders of this machine.
      left.skipped.push(path);
      continue;
    }
    const why = whyLost(entry, path);
    if (why !== null) left.lost.push({ path: prefix + escaped(entry.name), why });
    else if (entry.isDirectory()) yield* walkTree(folder, left, `${path}/`);
    else yield path;
  }
}

/** Whether what was listed is no longer there. */
export function isGone(error: unknown): boolean {
  return hasErrorCode(error, 'ENOENT', 'ENOTDIR');
}

function whyLost(entry: Dirent<Buffer>, path: string): string | null {
  if (!isUtf8(entry.name)) return 'its name is not UTF-8';
  if (!isCleanPath(path)) return 'no object can have its name';
  // What it leads to may be anywhere, or go round in a circle.
  if (entry.isSymbolicLink()) return 'it is a symbolic link';
  return entry.isFile() || entry.isDirectory() ? null : 'it is neither a file nor a folder';
}

function escaped(name: Buffer): string {
  if (isUtf8(name)) return name.toString('utf8');
  return [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join('');
}
