import type { BigIntStats } from 'node:fs';
import { link, lstat, open, opendir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasErrorCode, MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import type { Condition } from './storage.js';

/**
 * Renames `file` to `target` where the condition holds; throws storage-conflict where it does not, and the system's
 * errors as they are.
 */
export async function renameIf(file: string, target: string, condition: Condition | undefined): Promise<void> {
  if (condition === 'absent') return renameIfAbsent(file, target);
  if (condition !== undefined) {
    const existing = await lstatOrNull(target);
    if (!existing?.isFile() || generationOf(existing) !== condition.generation) throw changedMeanwhile(target);
  }
  await rename(file, target);
}

/**
 * `fill` makes the bytes under a temporary name beside the target; they appear under its own when complete. Writes to
 * one target must take turns: they share the temporary name.
 */
export async function replaceFile(
  target: string,
  fill: (temporary: string) => Promise<void>,
  condition: Condition | undefined,
): Promise<void> {
  const temporary = temporaryName(target);
  await rm(temporary, { force: true });
  try {
    await fill(temporary);
    await syncFile(temporary);
    await renameIf(temporary, target, condition);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Always the same for a name, so that a killed run leaves at most one, which the next run takes over. */
export function temporaryName(target: string): string {
  return join(dirname(target), `.${basename(target)}.mediactl-tmp`);
}

/** What replaces a file exists beside it before, so that it has another inode. */
export function generationOf(stats: BigIntStats): string {
  return `${stats.ino}-${stats.mtimeNs}-${stats.size}`;
}

export async function syncFile(file: string): Promise<void> {
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
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (!handle) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/**
 * Names of the files and folders in a folder, folders with a slash at the end: walked in this order, the paths below
 * come in the order of their UTF-8 bytes. None when the folder is missing.
 */
export async function sortedEntries(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of (await opendir(folder).catch(nullWhenMissing)) ?? []) {
    if (entry.isDirectory()) names.push(`${entry.name}/`);
    else if (entry.isFile()) names.push(entry.name);
  }
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

export function lstatOrNull(path: string): Promise<BigIntStats | null> {
  return lstat(path, { bigint: true }).catch(nullWhenMissing);
}

export function nullWhenMissing(error: unknown): null {
  if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
  throw error;
}

/** For a lost race: what is at `target` is not what was there when it was looked at. */
export function changedMeanwhile(target: string): MediactlError {
  return new MediactlError('storage-conflict', `${printable(target)} was changed by someone else`, {
    reason: 'it is no longer what it was when mediactl looked',
    hint: 'find out who else writes there, then run the same command again',
  });
}

async function renameIfAbsent(file: string, target: string): Promise<void> {
  try {
    // Unlike a rename, a link never replaces.
    await link(file, target);
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) throw changedMeanwhile(target);
    if (!hasErrorCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error;
    // A file system without hard links.
    if ((await lstatOrNull(target)) !== null) throw changedMeanwhile(target);
    return rename(file, target);
  }
  await unlink(file);
}
