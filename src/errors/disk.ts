import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { hasErrorCode, MediactlError, type ErrorCode } from '../errors.js';
import { printable } from '../model/text.js';

/**
 * A failed write at or below `path`, as the user should read it: no space, no permission, a disk that went away.
 * Errors that are not the system's come back as they are. Call it in a catch, before the error goes up.
 */
export function asWriteError(error: unknown, path: string): Error {
  if (error instanceof MediactlError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path, error);
  const known = REFUSALS[code];
  if (!known) return error;
  return new MediactlError(known.code, `cannot write to ${printable(path)}`, {
    reason: known.reason,
    hint: known.hint,
    cause: error,
  });
}

/**
 * A failed read of `file`, as the user should read it: MediactlError input-unreadable. Errors that are not the
 * system's come back as they are.
 */
export function asReadError(error: unknown, file: string): Error {
  if (error instanceof MediactlError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  const reason = UNREADABLE['code' in error && typeof error.code === 'string' ? error.code : ''];
  if (reason === undefined) return error;
  return new MediactlError('input-unreadable', `cannot read ${printable(file)}`, {
    reason,
    hint: 'check that it exists and is readable, then run the same command again',
    cause: error,
  });
}

/** The error for a disk that is full; `error` is what was noticed of it. */
export function diskFull(path: string, error: Error): MediactlError {
  return new MediactlError('disk-full', `no space left to write ${printable(path)}`, {
    reason: hasErrorCode(error, 'EDQUOT') ? "this user's disk quota is used up" : whatIsLeft(path),
    hint: 'free some space, then run the same command again: it keeps what is finished',
    cause: error,
  });
}

function whatIsLeft(path: string): string {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    try {
      const stats = statfsSync(folder);
      if (stats.files > 0 && stats.ffree === 0) return 'the disk has no room for more files (no inodes left)';
      return `${diskSize(stats.bavail * stats.bsize)} left on its disk`;
    } catch {
      if (dirname(folder) === folder) return 'its disk is full';
    }
  }
}

/** For messages about space: "1.2 GB", "3.4 MB", "60 kB". */
export function diskSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e5 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly hint: string;
}

const NO_PERMISSION: Refusal = {
  code: 'output-not-writable',
  reason: 'this user may not write there',
  hint: 'choose another folder with -o, or change its permissions',
};
const DISK_TROUBLE: Refusal = {
  code: 'output-not-writable',
  reason: 'the disk reported a read or write error',
  hint: 'check the disk (dmesg), or choose another folder with -o',
};
const IN_THE_WAY: Refusal = {
  code: 'output-not-writable',
  reason: 'a file is in the way of a folder, or a folder in the way of a file',
  hint: 'move it away, or choose another folder with -o',
};

const REFUSALS: Readonly<Record<string, Refusal>> = {
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: {
    code: 'output-not-writable',
    reason: 'its file system is read-only',
    hint: 'choose another folder with -o',
  },
  EIO: DISK_TROUBLE,
  ESTALE: DISK_TROUBLE,
  ENOTDIR: IN_THE_WAY,
  EISDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  ENOTEMPTY: IN_THE_WAY,
  ENOENT: {
    code: 'output-not-writable',
    reason: 'the folder disappeared while mediactl was working in it',
    hint: 'run the same command again',
  },
  ENAMETOOLONG: {
    code: 'output-not-writable',
    reason: 'the name is longer than this file system allows',
    hint: 'choose a shorter name with -o',
  },
  ELOOP: {
    code: 'output-not-writable',
    reason: 'its symbolic links form a loop',
    hint: 'choose another folder with -o',
  },
  EFBIG: {
    code: 'output-not-writable',
    reason: 'the file is larger than this file system or a limit (ulimit -f) allows',
    hint: 'raise the limit, or choose another folder with -o',
  },
  EMFILE: {
    code: 'output-not-writable',
    reason: 'too many files are open',
    hint: 'raise the limit: ulimit -n 4096',
  },
};

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist, or no longer exists',
  ENOTDIR: 'it does not exist, or no longer exists',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  EIO: 'the disk reported a read error',
  ESTALE: 'the disk reported a read error',
  ELOOP: 'its symbolic links form a loop',
  EMFILE: 'too many files are open: raise the limit with ulimit -n 4096',
};
