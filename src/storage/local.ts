import { constants, type BigIntStats } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, opendir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasErrorCode, MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import type { FileClass } from '../model/title-files.js';
import { systemClock } from './clock.js';
import { NameTurns } from './name-turns.js';
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
 * never followed, so that nothing outside is read, replaced or removed. Throws the system's errors as they are.
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
    const target = await this.#makeWay(path);
    await sync(file);
    try {
      await this.#place(file, target, options.condition);
    } catch (error) {
      if (!hasErrorCode(error, 'EXDEV')) throw error;
      const copy = (temporary: string): Promise<void> => copyFile(file, temporary, constants.COPYFILE_FICLONE);
      await this.#replace(target, copy, options.condition);
      await unlink(file);
    }
    this.#changed.add(dirname(target));
    return storedAs(path, await lstat(target, { bigint: true }));
  }

  async write(path: string, bytes: Uint8Array, _kind?: FileClass, options: WriteOptions = {}): Promise<Stored> {
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
  }

  async patch(there: Stored, _headers: ObjectHeaders): Promise<Stored> {
    const now = await this.stat(there.path);
    if (now?.generation !== there.generation) throw conflict(join(this.name, there.path));
    return now;
  }

  async stat(path: string): Promise<Stored | null> {
    const target = await this.#find(path);
    const stats = target === null ? null : await lstatOrNull(target);
    return stats?.isFile() ? storedAs(path, stats) : null;
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve({ get: (path) => this.stat(path), all: () => this.list('') });
  }

  async read(path: string, generation?: string): Promise<Uint8Array | null> {
    const target = await this.#find(path);
    if (target === null || !(await lstatOrNull(target))?.isFile()) return null;
    const bytes = await readFile(target).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return null;
      throw error;
    });
    return generation === undefined || (await this.stat(path))?.generation === generation ? bytes : null;
  }

  async remove(path: string, generation?: string): Promise<void> {
    const target = await this.#find(path);
    if (target === null) return;
    const there = await lstatOrNull(target);
    if (there?.isFile() && generation !== undefined && generationOf(there) !== generation) throw conflict(target);
    await rm(temporaryName(target), { force: true });
    if (there?.isFile()) await rm(target, { force: true });
    for (let folder = dirname(target); folder !== this.name; folder = dirname(folder)) {
      this.#changed.add(dirname(folder));
      const gone = await rmdir(folder).then(
        () => true,
        (error: unknown) => hasErrorCode(error, 'ENOENT'),
      );
      if (!gone) break;
    }
  }

  async *list(prefix: string): AsyncIterable<Stored> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    yield* this.#walk(folder, prefix);
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
    const entries = path === null ? null : await opendir(folder === '' ? path : dirname(path)).catch(nullWhenMissing);
    if (!entries) return;
    for await (const entry of entries) {
      const name = folder + entry.name;
      // As in a bucket: a name that no title has is none of ours.
      if (name === INNER_STAGING || !isCleanPath(name) || !(name.startsWith(prefix) || prefix.startsWith(`${name}/`)))
        continue;
      if (entry.isDirectory()) yield* this.#walk(`${name}/`, prefix);
      else if (entry.isFile()) {
        const stats = await lstatOrNull(join(this.name, name));
        if (stats?.isFile()) yield storedAs(name, stats);
      }
    }
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

  /** `fill` makes the bytes under a temporary name beside the target; they appear under its own when complete. */
  async #replace(
    target: string,
    fill: (temporary: string) => Promise<void>,
    condition: Condition | undefined,
  ): Promise<void> {
    // Writes to one name in turn: they share the temporary name.
    await this.#turns.run(target, async () => {
      const temporary = temporaryName(target);
      await rm(temporary, { force: true });
      try {
        await fill(temporary);
        await sync(temporary);
        await this.#place(temporary, target, condition);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Renames where the condition holds, else throws storage-conflict. */
  async #place(file: string, target: string, condition: Condition | undefined): Promise<void> {
    if (condition === 'absent') return this.#placeIfAbsent(file, target);
    if (condition !== undefined) {
      const there = await lstatOrNull(target);
      if (!there?.isFile() || generationOf(there) !== condition.generation) throw conflict(target);
    }
    await rename(file, target);
  }

  async #placeIfAbsent(file: string, target: string): Promise<void> {
    try {
      // Unlike a rename, a link never replaces.
      await link(file, target);
    } catch (error) {
      if (hasErrorCode(error, 'EEXIST')) throw conflict(target);
      if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
      // A file system without hard links.
      if ((await lstatOrNull(target)) !== null) throw conflict(target);
      return rename(file, target);
    }
    await unlink(file);
  }
}

function storedAs(path: string, stats: BigIntStats): Stored {
  return { path, bytes: Number(stats.size), crc32c: null, generation: generationOf(stats), headers: null };
}

// What replaces a file exists beside it before, so that it has another inode.
function generationOf(stats: BigIntStats): string {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

// Always the same for a name, so that a killed run leaves at most one, which the next run takes over.
function temporaryName(target: string): string {
  return join(dirname(target), `.${basename(target)}.mediactl-tmp`);
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE file systems have no fsync; that is no reason not to publish there.
    if (!hasErrorCode(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error;
  } finally {
    await handle.close();
  }
}

/** Best effort: Windows, some network file systems and unreadable parents do not allow it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function lstatOrNull(path: string): Promise<BigIntStats | null> {
  return lstat(path, { bigint: true }).catch(nullWhenMissing);
}

function nullWhenMissing(error: unknown): null {
  if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
  throw error;
}

function inTheWay(folder: string): MediactlError {
  return new MediactlError('output-not-writable', `cannot make the folder ${printable(folder)}`, {
    reason: 'a file or a symbolic link of that name is in the way, and links inside a title are not followed',
    hint: 'move it away, or choose another folder with -o',
  });
}

function conflict(target: string): MediactlError {
  return new MediactlError('storage-conflict', `${printable(target)} was changed by somebody else`, {
    reason: 'what is there is not what was there when mediactl looked',
    hint: 'see who else writes there, then run the same command again',
  });
}
