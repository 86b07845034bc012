import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import type { Findings } from './findings.js';

/** The bytes of a file of the title, by its path inside the title; null: not known, or there is none. */
export type SizeLookup = (path: string) => Promise<number | null>;

/**
 * Sizes of a title's files, where `elsewhere` does not know them from the folder; what is missing there or empty becomes
 * a finding. Nothing is remembered. Throws what the file system does, but for files that are not there.
 */
export class FileSizes {
  readonly #folder: string;
  readonly #findings: Findings;
  readonly #elsewhere: SizeLookup;

  constructor(folder: string, findings: Findings, elsewhere: SizeLookup = () => Promise.resolve(null)) {
    this.#folder = folder;
    this.#findings = findings;
    this.#elsewhere = elsewhere;
  }

  /** Null: there is no such file, or nothing is in it. */
  async of(path: string): Promise<number | null> {
    return (await this.#elsewhere(path)) ?? (await this.inFolder(path));
  }

  async inFolder(path: string): Promise<number | null> {
    try {
      const found = await stat(join(this.#folder, path));
      if (!found.isFile()) this.#findings.error(path, 'missing-file', 'it is not a file');
      else if (found.size === 0) this.#findings.error(path, 'empty-file', 'it is empty');
      else return found.size;
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
      this.#findings.error(path, 'missing-file', 'it is not there');
    }
    return null;
  }
}
