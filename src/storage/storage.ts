import type { ArtifactClass } from '../model/artifact.js';

/**
 * Where a title is published: a folder or a bucket. Paths are those of `Artifact.path`: relative, POSIX
 * separators, checked by `checkPath`. Every implementation passes test/storage/contract.ts.
 */
export interface Storage {
  /** For messages: "/srv/titles/movie". */
  readonly name: string;
  /**
   * Brings the bytes of the local `file` to `path`, replacing what is there in one step: a reader sees the old
   * bytes or the new ones, never a part. The file may be gone afterwards.
   */
  put(path: string, file: string, kind: ArtifactClass): Promise<Stored>;
  /** The same for bytes in memory (small files). */
  write(path: string, bytes: Uint8Array, kind: ArtifactClass): Promise<Stored>;
  /** Null when there is no such file. */
  stat(path: string): Promise<{ readonly bytes: number } | null>;
  /** The whole file, for small ones; null when there is none. */
  read(path: string): Promise<Uint8Array | null>;
  /** Removes a file, and the folders that became empty by it. A file that is not there is fine. */
  remove(path: string): Promise<void>;
  /** All files whose path begins with `prefix`, in no particular order. */
  list(prefix: string): AsyncIterable<Stored>;
  /** What was put before this survives a power cut after it. */
  flush(): Promise<void>;
}

export interface Stored {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The path itself when it is a clean relative one that stays below the root. Throws RangeError otherwise
 * ("..", absolute, backslashes, control characters, empty parts): names of artifacts are made by mediactl, so this
 * is either a bug or a record somebody tampered with.
 */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const clean = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  // eslint-disable-next-line no-control-regex
  if (!clean || /[\\\u0000-\u001f\u007f]/.test(path) || Buffer.byteLength(path) > 1024) {
    throw new RangeError(`not a path inside a title: ${JSON.stringify(path)}`);
  }
  return path;
}
