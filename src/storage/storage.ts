import { type FileClass } from '../model/title-files.js';

/**
 * Where a title is published: a folder or a bucket. Paths are those of `Artifact.path`: relative, POSIX
 * separators, checked by `checkPath`. Every implementation passes test/storage/contract.ts.
 *
 * Whatever fails is a MediactlError. Any method may throw
 * - of a folder: output-not-writable;
 * - of a bucket: storage-auth, storage-forbidden, storage-not-found (there is no such bucket), storage-requester-pays,
 *   storage-wrong-project, storage-rejected, storage-unavailable; and the reason of its signal once that has aborted.
 * What else one may throw stands beside it. A path that `checkPath` refuses is the caller's mistake: a RangeError.
 */
export interface Storage {
  /** For messages: "/srv/titles/movie", "gs://bucket/titles/movie". */
  readonly name: string;
  /**
   * What `put` and `write` label such an object with; null where files have no headers (a folder).
   */
  headersFor(path: string, kind: FileClass): ObjectHeaders | null;
  /**
   * Brings the bytes of the local `file` to `path`, replacing what is there in one step: a reader sees the old
   * bytes or the new ones, never a part. When it resolves, the storage has confirmed the bytes. A folder takes the
   * file away (a rename), a bucket leaves it where it is: whoever staged it removes it.
   *
   * Throws storage-conflict (the condition does not hold), source-changed (the file is not what was expected),
   * input-unreadable (it cannot be read), disk-full; of a bucket storage-checksum, storage-retention, storage-hold.
   */
  put(path: string, file: string, kind: FileClass, options?: WriteOptions): Promise<Stored>;
  /**
   * The same for bytes in memory (small files). Throws storage-conflict, disk-full; of a bucket storage-checksum,
   * storage-retention, storage-hold.
   */
  write(path: string, bytes: Uint8Array, kind: FileClass, options?: WriteOptions): Promise<Stored>;
  /**
   * Gives what is there other headers, its bytes untouched; metadata of other keys stays. Where files have no headers
   * nothing happens.
   * Throws storage-conflict when `existing` is no longer what is there.
   */
  patch(existing: Stored, headers: ObjectHeaders): Promise<Stored>;
  /** Null when there is no such file. */
  stat(path: string): Promise<Stored | null>;
  /** What is there now, to look up many paths at little cost: a bucket is listed once, in some 90 bytes an object, a folder asked path by path. */
  snapshot(): Promise<Snapshot>;
  /**
   * The whole file, for small ones; null when there is none, or when it is not of that generation.
   * Throws, of a bucket, storage-checksum.
   */
  read(path: string, generation?: string): Promise<Uint8Array | null>;
  /**
   * Removes a file, and the folders that became empty by it. A file that is not there is fine.
   * Throws storage-conflict when it is there in another generation than the one given; of a bucket storage-retention,
   * storage-hold.
   */
  remove(path: string, generation?: string): Promise<void>;
  /** All files whose path begins with `prefix`, in the order of their paths' UTF-8 bytes. */
  list(prefix: string): AsyncIterable<Stored>;
  /** What was put before this survives a power cut after it, as far as the place can promise it. Throws nothing. */
  flush(): Promise<void>;
}

export interface Snapshot {
  /** Everything that is, or was, there, in the order of the paths' UTF-8 bytes. */
  all(): AsyncIterable<Stored> | Iterable<Stored>;
  /** Null when there is, or in a bucket was, no such file. */
  get(path: string): Promise<Stored | null>;
}

/** What tells a file that somebody writes to from one that is left alone. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
}

export interface WriteOptions {
  /** What the file was when it was looked at; default: what it is now. If it is no longer that, source-changed. */
  readonly expectedFile?: FileStamp;
  /** Write only if this holds, else throw storage-conflict and change nothing. Default: replace whatever is there. */
  readonly condition?: Condition;
  /** What is there with the same bytes will do, whoever wrote it. */
  readonly acceptSameBytes?: boolean;
  /** The file's checksum as it was taken before: of a file that is another by now nothing is sent (a bucket). */
  readonly crc32c?: string;
}

/** What must be at the path: nothing, or the file whose `generation` this is. */
export type Condition = 'absent' | { readonly generation: string };

export interface Stored {
  readonly path: string;
  readonly bytes: number;
  /** CRC-32C of the bytes, base64 of the big-endian four; null where it is not known without reading (a folder). */
  readonly crc32c: string | null;
  /** Changes whenever the bytes are replaced; to compare for equality only. */
  readonly generation: string;
  /** Null where files have no headers (a folder). */
  readonly headers: ObjectHeaders | null;
  /** Why the storage would refuse to remove or replace it now, where that is known. */
  readonly heldBy?: 'hold' | 'retention';
}

/** What a bucket keeps beside an object's bytes and serves with them. */
export interface ObjectHeaders {
  readonly contentType: string;
  /** Null: none is set, and Google serves a public object as `public, max-age=3600`. */
  readonly cacheControl: string | null;
  /** Served as `x-goog-meta-…`. Asked for: what else others have put there stays. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Asked for: keys that go from the metadata. Never told of what is there. */
  readonly without?: readonly string[];
}

/**
 * The path itself when it is a clean relative one that stays below the root. Throws RangeError otherwise
 * ("..", absolute, backslashes, control characters, empty parts): names of artifacts are made by mediactl, so this
 * is either a bug or a record somebody tampered with.
 */
export function checkPath(path: string): string {
  if (!isCleanPath(path)) throw new RangeError(`not a path inside a title: ${JSON.stringify(path)}`);
  return path;
}

/** Whether `checkPath` lets it pass. */
export function isCleanPath(path: string): boolean {
  const clean = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  // eslint-disable-next-line no-control-regex
  return clean && !/[\\\u0000-\u001f\u007f]/.test(path) && Buffer.byteLength(path) <= 1024;
}
