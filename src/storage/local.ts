import { constants, type BigIntStats } from 'node:fs';
import { copyFile, lstat, mkdir, open, readFile, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasErrorCode, MediactlError } from '../errors.js';
import { asWriteError } from '../errors/disk.js';
import { printable } from '../model/text.js';
import type { FileClass } from '../model/title-files.js';
import { systemClock } from './clock.js';
import {
  changedMeanwhile,
  generationOf,
  lstatOrNull,
  nullWhenMissing,
  renameIf,
  replaceFile,
  sortedEntries,
  syncFile,
  syncFolder,
  temporaryName,
} from './local-files.js';
import { NameTurns } from './name-turns.js';
import { checkUntouched, stampOf } from './source-file.js';
import {
  checkPath,
  isCleanPath,
  type Condition,
  type ObjectHeaders,
  type Snapshot,
  type Storage,
  type Stored,
  type WriteOptions,
} from './storage.js';

/** Folder inside a destination where work happens when it cannot happen beside it; not part of the title. */
export const INNER_STAGING = '.mediactl';

/**
 * A title in a folder. The root is made on the first put and may itself be a symbolic link; below it links are
 * never followed, so that nothing outside is read, replaced or removed.
 *
 * "Only if absent" is kept by the file system. Between the look at another condition and the rename somebody else may
 * slip in: the lock of the run keeps other runs out.
 */
export class LocalStorage implements Storage {
  readonly name: string;
  /** Folders in which names changed since the last flush. */
  readonly #changed = new Set<string>();
  readonly #turns = new NameTurns(0, systemClock);

  constructor(root: string) {
    this.name = resolve(root);
  }

  /** Files have no headers. */
  headersFor(): null {
    return null;
  }

  async put(path: string, file: string, _kind?: FileClass, options: WriteOptions = {}): Promise<Stored> {
    const { condition, expectedFile } = options;
    checkPath(path);
    const now = await stampOf(file);
    checkUntouched(file, expectedFile ?? now, now);
    return this.#onDisk(async () => {
      const target = await this.#makeWay(path);
      await syncFile(file);
      try {
        await renameIf(file, target, condition);
      } catch (error) {
        if (!hasErrorCode(error, 'EXDEV')) throw error;
        const copy = (temporary: string): Promise<void> => copyFile(file, temporary, constants.COPYFILE_FICLONE);
        await this.#replace(target, copy, condition);
        await unlink(file);
      }
      this.#changed.add(dirname(target));
      return storedAs(path, await lstat(target, { bigint: true }));
    });
  }

  async write(path: string, bytes: Uint8Array, _kind?: FileClass, options: WriteOptions = {}): Promise<Stored> {
    return this.#onDisk(async () => {
      const target = await this.#makeWay(path);
      const fill = async (temporary: string): Promise<void> => {
        const handle = await open(temporary, 'w');
        try {
          await handle.writeFile(bytes);
        } finally {
          await handle.close();
        }
      };
      await this.#replace(target, fill, options.condition);
      this.#changed.add(dirname(target));
      return storedAs(path, await lstat(target, { bigint: true }));
    });
  }

  async patch(existing: Stored, _headers: ObjectHeaders): Promise<Stored> {
    const now = await this.stat(existing.path);
    if (now?.generation !== existing.generation) throw changedMeanwhile(join(this.name, existing.path));
    return now;
  }

  async stat(path: string): Promise<Stored | null> {
    return this.#onDisk(async () => {
      const target = await this.#find(path);
      const stats = target === null ? null : await lstatOrNull(target);
      return stats?.isFile() ? storedAs(path, stats) : null;
    });
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve({ get: (path) => this.stat(path), all: () => this.list('') });
  }

  async read(path: string, generation?: string): Promise<Uint8Array | null> {
    return this.#onDisk(async () => {
      const target = await this.#find(path);
      if (target === null || !(await lstatOrNull(target))?.isFile()) return null;
      const bytes = await readFile(target).catch(nullWhenMissing);
      return generation === undefined || (await this.stat(path))?.generation === generation ? bytes : null;
    });
  }

  async remove(path: string, generation?: string): Promise<void> {
    return this.#onDisk(async () => {
      const target = await this.#find(path);
      if (target === null) return;
      const existing = await lstatOrNull(target);
      if (existing?.isFile() && generation !== undefined && generationOf(existing) !== generation) {
        throw changedMeanwhile(target);
      }
      await rm(temporaryName(target), { force: true });
      if (existing?.isFile()) await rm(target, { force: true });
      await this.#removeEmpty(dirname(target));
    });
  }

  async *list(prefix: string): AsyncIterable<Stored> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    try {
      yield* this.#walk(folder, prefix);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async flush(): Promise<void> {
    const folders = new Set([...this.#changed].filter((folder) => folder !== this.name));
    this.#changed.clear();
    for (const folder of folders) await syncFolder(folder);
    await syncFolder(this.name);
    await syncFolder(dirname(this.name));
  }

  async *#walk(folder: string, prefix: string): AsyncGenerator<Stored> {
    const path = folder === '' ? this.name : await this.#find(join(folder, '-'));
    if (path === null) return;
    for (const entry of await sortedEntries(folder === '' ? path : dirname(path))) {
      const name = folder + entry.replace(/\/$/, '');
      // As in a bucket: a name that no title has is none of ours.
      if (name === INNER_STAGING || !isCleanPath(name) || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`)))
        continue;
      if (entry.endsWith('/')) yield* this.#walk(`${name}/`, prefix);
      else {
        const stats = await lstatOrNull(join(this.name, name));
        if (stats?.isFile()) yield storedAs(name, stats);
      }
    }
  }

  async #onDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Whatever the file system says, as a MediactlError; mistakes of the caller stay what they are. */
  #explain(error: unknown): Error {
    const known = asWriteError(error, this.name);
    if (known instanceof MediactlError || !('syscall' in known)) return known;
    return new MediactlError('output-not-writable', `cannot write to ${printable(this.name)}`, {
      reason: printable(known.message),
      hint: 'choose another folder with -o',
      cause: known,
    });
  }

  /** Where `path` is on disk, or null when a folder on the way is missing or is not a real folder. */
  async #find(path: string): Promise<string | null> {
    let folder = this.name;
    for (const part of checkPath(path).split('/').slice(0, -1)) {
      folder = join(folder, part);
      if (!(await lstatOrNull(folder))?.isDirectory()) return null;
    }
    return join(folder, basename(path));
  }

  /** Where `path` is on disk, its folders made. */
  async #makeWay(path: string): Promise<string> {
    const parts = checkPath(path).split('/').slice(0, -1);
    let folder = this.name;
    await mkdir(folder, { recursive: true });
    for (const part of parts) {
      const parent = folder;
      folder = join(parent, part);
      try {
        await mkdir(folder);
        this.#changed.add(parent);
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
        if (!(await lstat(folder)).isDirectory()) throw inTheWay(folder);
      }
    }
    return join(folder, basename(path));
  }

  /** `folder` and those above it, up to the root, as far as they are empty. */
  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at !== this.name; at = dirname(at)) {
      this.#changed.add(dirname(at));
      const gone = await rmdir(at).then(
        () => true,
        (error: unknown) => hasErrorCode(error, 'ENOENT'),
      );
      if (!gone) break;
    }
  }

  async #replace(
    target: string,
    fill: (temporary: string) => Promise<void>,
    condition: Condition | undefined,
  ): Promise<void> {
    await this.#turns.run(target, () => replaceFile(target, fill, condition));
  }
}

function storedAs(path: string, stats: BigIntStats): Stored {
  return { path, bytes: Number(stats.size), crc32c: null, generation: generationOf(stats), headers: null };
}

function inTheWay(folder: string): MediactlError {
  return new MediactlError('output-not-writable', `cannot make the folder ${printable(folder)}`, {
    reason: 'a file or symbolic link of that name is in the way, and links inside a title are not followed',
    hint: 'move it away, or choose another folder with -o',
  });
}
