import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, lstat, mkdir, readdir, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import { printable } from '../../model/text.js';
import { INNER_STAGING } from '../../storage/local.js';
import { LOCK_PREFIX } from './lock.js';

/** Where work happens until it is published. Call order at the end: remove or removeEmptyFolders, release the lock, close. */
export interface Staging {
  /** Absolute path of the title's folder; it need not exist yet. */
  readonly destination: string;
  /** Absolute path of the working folder, which exists. It also holds the lock. */
  readonly folder: string;
  /** Where a run with other permissions on the same destination would work; its lock counts too. */
  readonly rivals: readonly string[];
  /** Whether an earlier run that came to no end has begun one of these renditions. */
  hasBegun(renditions: readonly string[]): Promise<boolean>;
  /**
   * Ids of renditions that an earlier run that came to no end has begun, and that these do not supersede: they have other
   * names.
   */
  othersBegun(renditions: readonly string[]): Promise<ReadonlySet<string>>;
  /** Removes everything but the lock and the files of these names. */
  remove(spared?: readonly string[]): Promise<void>;
  /**
   * Removes what is there of these renditions, and everything else but the files of these names and what other runs have
   * begun and not ended. True when that is something.
   */
  removeWork(renditions: readonly string[], spared?: readonly string[]): Promise<boolean>;
  /** Removes empty folders, so that a run that came to nothing leaves nothing. */
  removeEmptyFolders(): Promise<void>;
  /** After the lock is released: removes the folder, and parents made for it, where they are empty. */
  close(): Promise<void>;
}

/**
 * Checks the destination, then makes the working folder: `.<name>.mediactl` beside the destination, or `.mediactl`
 * inside it when its parent is not writable or is on another disk, because files are published by renaming.
 * Before the checks have passed nothing is made.
 * Throws MediactlError: output-not-a-folder, output-not-writable, disk-full, usage.
 */
export async function prepareStaging(destination: string): Promise<Staging> {
  if (destination.includes('\0'))
    throw new MediactlError('usage', 'the name of the output folder contains a zero byte');
  const named = resolve(destination);
  try {
    const { folder, rivals } = await chooseFolder(named);
    const made = await mkdir(folder, { recursive: true });
    await checkWorkingFolder(folder);
    return {
      destination: named,
      folder,
      rivals,
      hasBegun: (renditions) => hasBegun(folder, renditions),
      othersBegun: (renditions) => othersBegun(folder, renditions),
      remove: (spared) => removeAllButLock(folder, spared),
      removeWork: (renditions, spared) => removeWork(folder, new Set(renditions), spared),
      removeEmptyFolders: () => removeEmptyFolders(folder),
      close: () => removeIfEmpty(folder, made === undefined ? folder : made),
    };
  } catch (error) {
    throw asWriteError(error, named);
  }
}

/** Where `prepareStaging` would work; it throws what that would, and makes nothing. */
export async function findStaging(destination: string): Promise<Pick<Staging, 'folder' | 'rivals'>> {
  const named = resolve(destination);
  try {
    const found = await chooseFolder(named);
    if (await lstat(found.folder).catch(() => null)) await checkWorkingFolder(found.folder);
    return found;
  } catch (error) {
    throw asWriteError(error, named);
  }
}

/** The working folder's name beside a destination: names near the limit of 255 bytes are cut and get a hash. */
export function stagingName(name: string): string {
  const whole = `.${name}.${SUFFIX}`;
  if (Buffer.byteLength(whole) <= 255) return whole;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 16);
  let short = '';
  for (const character of name) {
    if (Buffer.byteLength(short + character) > 200) break;
    short += character;
  }
  return `.${short}~${hash}.${SUFFIX}`;
}

const SUFFIX = 'mediactl';

async function chooseFolder(named: string): Promise<{ folder: string; rivals: readonly string[] }> {
  const stats = await stat(named).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    if (hasErrorCode(error, 'ENOTDIR')) return null;
    throw error;
  });
  if (!stats) {
    await checkCreatable(named);
    return { folder: join(dirname(named), stagingName(basename(named))), rivals: [] };
  }
  if (!stats.isDirectory()) throw notAFolder(named, 'it is a file');
  await access(named, constants.W_OK | constants.X_OK);

  const real = await realpath(named);
  const parent = dirname(real);
  const beside = join(parent, stagingName(basename(real)));
  const inside = join(real, INNER_STAGING);
  const parentStats = await stat(parent);
  const movable = parent !== real && parentStats.dev === stats.dev;
  const writable = await access(parent, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!movable) return { folder: inside, rivals: [] };
  return writable ? { folder: beside, rivals: [inside] } : { folder: inside, rivals: [beside] };
}

/** Something may be made at `named`: its nearest existing ancestor is a folder that this user may write to. */
async function checkCreatable(named: string): Promise<void> {
  const dangling = await lstat(named).catch(() => null);
  if (dangling) throw notAFolder(named, 'it is a symbolic link to something that does not exist');
  let ancestor = dirname(named);
  for (; ; ancestor = dirname(ancestor)) {
    const stats = await stat(ancestor).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT', 'ENOTDIR') && dirname(ancestor) !== ancestor) return null;
      throw error;
    });
    if (stats && !stats.isDirectory()) throw notAFolder(named, `${printable(ancestor)} is a file`);
    if (stats) break;
  }
  await access(ancestor, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw asWriteError(error, ancestor);
  });
}

async function checkWorkingFolder(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) {
    throw new MediactlError('output-not-writable', `cannot work in ${printable(folder)}`, {
      reason: 'it is a symbolic link, and mediactl deletes the content of its working folder',
      hint: 'remove the link, or choose another folder with -o',
    });
  }
  await access(folder, constants.W_OK | constants.X_OK | constants.R_OK).catch((error: unknown) => {
    throw new MediactlError('output-not-writable', `cannot work in ${printable(folder)}`, {
      reason: 'it was left by a run of another user, and this user may not write there',
      hint: 'remove it as that user, or choose another folder with -o',
      cause: error,
    });
  });
}

function notAFolder(named: string, reason: string): MediactlError {
  return new MediactlError('output-not-a-folder', `the output ${printable(named)} cannot be a folder`, {
    reason,
    hint: 'choose another folder with -o',
  });
}

const RENDITION = /-[0-9a-f]{8}$/;
const JOURNALS = 'journal';

/** Ids of the renditions that something is there of. */
async function renditionsIn(folder: string): Promise<ReadonlySet<string>> {
  const names = [...(await readdir(folder)), ...(await readdir(join(folder, JOURNALS)).catch(() => []))];
  return new Set(names.map((name) => name.replace(/\.ndjson(\.part)?$/, '')).filter((name) => RENDITION.test(name)));
}

async function hasBegun(folder: string, renditions: readonly string[]): Promise<boolean> {
  const begun = await renditionsIn(folder);
  return renditions.some((id) => begun.has(id));
}

async function othersBegun(folder: string, renditions: readonly string[]): Promise<ReadonlySet<string>> {
  const nameOf = (id: string): string => id.replace(RENDITION, '');
  const names = new Set(renditions.map(nameOf));
  return new Set([...(await renditionsIn(folder))].filter((id) => !names.has(nameOf(id))));
}

async function removeWork(folder: string, done: ReadonlySet<string>, spared: readonly string[] = []): Promise<boolean> {
  const others = [...(await renditionsIn(folder))].filter((id) => !done.has(id));
  if (others.length === 0) {
    await removeAllButLock(folder, spared);
    return false;
  }
  const journals = join(folder, JOURNALS);
  for (const entry of await readdir(journals).catch(() => [])) {
    if (!others.includes(entry.replace(/\.ndjson(\.part)?$/, '')))
      await rm(join(journals, entry), { recursive: true, force: true });
  }
  // What was noted of the source while they were made stays with them, and what of them was brought to a bucket.
  const notes = (await readdir(folder)).filter((name) => /\.(nd)?json$/.test(name));
  await removeAllButLock(folder, [...spared, ...others, JOURNALS, ...notes]);
  return true;
}

async function removeAllButLock(folder: string, spared: readonly string[] = []): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(LOCK_PREFIX) && !spared.includes(entry))
      await rm(join(folder, entry), { recursive: true, force: true });
  }
}

async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await rmdir(join(folder, entry.name)).catch(() => undefined);
  }
}

/** Removes empty folders from `folder` up to and including `last`, which is one of its ancestors or itself. */
async function removeIfEmpty(folder: string, last: string): Promise<void> {
  for (let current = folder; ; current = dirname(current)) {
    const gone = await rmdir(current).then(
      () => true,
      (error: unknown) => hasErrorCode(error, 'ENOENT'),
    );
    if (!gone || current === last || dirname(current) === current) return;
  }
}
