import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RECORD_NAME } from '../../model/title-files.js';
import { INNER_STAGING } from '../../storage/local.js';
import { acquireLock, LOCK_PREFIX } from './lock.js';
import { stagingName } from './staging.js';

/** A working folder in which a run came to no end, or is under way. */
export interface Leftover {
  /** Absolute path. */
  readonly folder: string;
  /** Of all that is in it. */
  readonly bytes: number;
}

/** What is left of runs for the title in the folder `path`, or in the working folder of that path. */
export async function leftoversOf(path: string): Promise<readonly Leftover[]> {
  const beside = join(dirname(path), stagingName(basename(path)));
  const folders = isWorkingFolder(basename(path)) ? [path] : [beside, join(path, INNER_STAGING)];
  const found = await Promise.all(folders.map(leftoverAt));
  return found.filter((each) => each !== null);
}

/** What is left of runs for all titles at and below a folder. */
export async function leftoversBelow(path: string): Promise<readonly Leftover[]> {
  const found = [...(await leftoversOf(path))];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    // Of what is in a title, only its own working folder counts, which was looked for already.
    if (entries.some(({ name }) => name === RECORD_NAME)) return;
    for (const { name } of entries.filter((entry) => entry.isDirectory())) {
      const inner = join(folder, name);
      if (!isWorkingFolder(name)) {
        const inside = await leftoverAt(join(inner, INNER_STAGING));
        if (inside) found.push(inside);
        await walk(inner);
        continue;
      }
      const left = found.some((each) => each.folder === inner) ? null : await leftoverAt(inner);
      if (left) found.push(left);
    }
  };
  await walk(path);
  return found.toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

/**
 * Removes a working folder, alone there, once `before` is done. Throws MediactlError output-busy while a run works in it,
 * output-not-writable, and what `before` throws.
 */
export async function removeLeftover(
  { folder }: Pick<Leftover, 'folder'>,
  command: string,
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const lock = await acquireLock(folder, { command });
  try {
    await before();
    for (const entry of await readdir(folder)) {
      if (!entry.startsWith(LOCK_PREFIX)) await rm(join(folder, entry), { recursive: true, force: true });
    }
  } finally {
    await lock.release();
  }
  await rmdir(folder).catch(() => undefined);
}

/** Bytes of all files below a working folder but its lock; what goes away meanwhile counts for nothing. */
export async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    const isLock = entry.parentPath === folder && entry.name.startsWith(LOCK_PREFIX);
    if (!entry.isFile() || isLock) continue;
    bytes += (await lstat(join(entry.parentPath, entry.name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}

/** By its name. */
export function isWorkingFolder(name: string): boolean {
  return name === INNER_STAGING || /^\..+\.mediactl$/.test(name);
}

/** Null when it is not there, is somebody else's, or there is nothing in it. */
async function leftoverAt(folder: string): Promise<Leftover | null> {
  const stats = await lstat(folder).catch(() => null);
  if (!stats?.isDirectory()) return null;
  const names = await readdir(folder).catch(() => []);
  const isOurs = names.some((name) => OURS.has(name) || name.startsWith(LOCK_PREFIX));
  return isOurs ? { folder, bytes: await bytesIn(folder) } : null;
}

const OURS: ReadonlySet<string> = new Set(['journal', 'uploads.ndjson', 'sessions']);
