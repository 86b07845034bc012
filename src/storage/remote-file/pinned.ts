/**
 * One version of a remote file, whose bytes come by ranges. Another version of it is never read: what replaces it makes
 * `fetch` throw.
 */
export interface Pinned {
  /** For people. */
  readonly name: string;
  readonly bytes: number;
  /** Of the whole, as the server has it: base64 of the big-endian four; null: it does not say. */
  readonly crc32c: string | null;
  /** What tells this version from all others of the same size: a generation, an entity tag. */
  readonly version: string;
  /** Milliseconds since the epoch, whole; 0: not known. */
  readonly modifiedMs: number;
  /** It is on this machine's disk already. */
  readonly isLocal: boolean;
  /**
   * Brings the bytes from `start` up to `end`, in order, in pieces of any size; after a break it goes on with the
   * byte where it stood. Throws MediactlError source-changed, storage-….
   */
  fetch(start: number, end: number, take: (bytes: Buffer) => void): Promise<void>;
  /** Why nothing comes at this moment, as `fetch` would throw it; null: all is well. */
  trouble(): Error | null;
  /** Throws MediactlError source-changed when the server has another version now, or none. */
  check(): Promise<void>;
  /** Cuts what is under way. */
  close(): void;
}

/** The remote file is no longer the version that was looked at first. */
export class VersionGone extends Error {
  override readonly name = 'VersionGone';
}
