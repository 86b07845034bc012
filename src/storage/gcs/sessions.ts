import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';

/**
 * Remembers upload sessions across a crash. An address is a secret: whoever has it can write that object for a week.
 * Throws MediactlError output-not-writable, disk-full.
 */
export interface SessionStore {
  /** The session's address; null when none is known. */
  load(key: string): Promise<string | null>;
  save(key: string, uri: string): Promise<void>;
  forget(key: string): Promise<void>;
}

/** The key of an upload: the same for the same bytes to the same object under the same conditions, else another. */
export function sessionKey(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Sessions as files of a folder (a staging folder), readable by this user only. */
export class FileSessions implements SessionStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async load(key: string): Promise<string | null> {
    try {
      return (await readFile(this.#file(key), 'utf8')).trim();
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
      throw asWriteError(error, this.#folder);
    }
  }

  async save(key: string, uri: string): Promise<void> {
    const file = this.#file(key);
    try {
      await mkdir(this.#folder, { recursive: true });
      await rm(`${file}.new`, { force: true });
      await writeFile(`${file}.new`, uri, { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
    } catch (error) {
      throw asWriteError(error, this.#folder);
    }
  }

  async forget(key: string): Promise<void> {
    await rm(this.#file(key), { force: true }).catch((error: unknown) => {
      throw asWriteError(error, this.#folder);
    });
  }

  #file(key: string): string {
    return join(this.#folder, `${key}.upload`);
  }
}

/** Sessions that end with the process. */
export const noSessions: SessionStore = {
  load: () => Promise.resolve(null),
  save: () => Promise.resolve(),
  forget: () => Promise.resolve(),
};
