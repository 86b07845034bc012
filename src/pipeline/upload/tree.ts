import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { printable } from '../../model/text.js';
import { classByName, type FileClass } from '../../model/title-files.js';
import { forEachBounded } from '../../storage/bounded.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import type { Snapshot } from '../../storage/storage.js';
import { isGone, walkTree, WENT_AWAY, type LostFile } from './walk-tree.js';

/** A file of a folder made earlier or by another tool. */
export interface TreeFile {
  readonly path: string;
  readonly class: FileClass;
  readonly file: string;
  readonly bytes: number;
}

export interface ChecksummedFile extends TreeFile {
  readonly crc32c: string;
}

export interface Tree {
  readonly files: readonly TreeFile[];
  /** Paths of hidden files and receipts, which are not uploaded. */
  readonly skipped: readonly string[];
  /** What else is not, and why: links, sockets, names that objects cannot have, files that went away. */
  readonly lost: readonly LostFile[];
}

/**
 * All files below `folder`, each with what it is: by its name, and playlists by what they say.
 * Throws MediactlError input-not-found, input-unreadable.
 */
export async function readTree(folder: string, signal: AbortSignal): Promise<Tree> {
  const left = { skipped: [], lost: [] as LostFile[] };
  await checkFolder(folder);
  const files: TreeFile[] = [];
  await forEachBounded(numbered(walkTree(folder, left)), AT_ONCE, async ([at, path]) => {
    signal.throwIfAborted();
    const file = join(folder, path);
    try {
      // What cannot be read is told before anything is sent.
      const [kind, { size }] = await Promise.all([classOfFile(path, file), stat(file), access(file, constants.R_OK)]);
      files[at] = { path, file, class: kind, bytes: size };
    } catch (error) {
      if (!isGone(error)) throw asReadError(error, file);
      left.lost.push({ path, why: WENT_AWAY });
    }
  });
  left.lost.sort((a, b) => (a.path < b.path ? -1 : 1));
  // Without the places of those that went away.
  return { files: files.filter(Boolean), skipped: left.skipped, lost: left.lost };
}

async function checkFolder(folder: string): Promise<void> {
  const stats = await stat(folder).catch((error: unknown) => {
    if (isGone(error)) throw notAFolder(folder);
    throw asReadError(error, folder);
  });
  if (!stats.isDirectory()) throw notAFolder(folder);
  await access(folder, constants.R_OK | constants.X_OK).catch((error: unknown) => {
    throw asReadError(error, folder);
  });
}

/** The same files with their checksums, in the same order. Throws MediactlError input-unreadable. */
export async function checksumFiles(
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<readonly ChecksummedFile[]> {
  const summed: ChecksummedFile[] = [];
  await forEachBounded(files.entries(), AT_ONCE, async ([at, file]) => {
    const sum = await crc32cOfFile(file.file, signal).catch((error: unknown) => {
      throw asReadError(error, file.file);
    });
    summed[at] = { ...file, ...sum };
  });
  return summed;
}

/**
 * With the checksums of those files that are in the bucket in the same size, and may be right there. What is to be
 * sent is read only then.
 */
export async function sumPresent(
  files: readonly TreeFile[],
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<readonly (TreeFile | ChecksummedFile)[]> {
  const present: TreeFile[] = [];
  for (const file of files) if ((await snapshot.get(file.path))?.bytes === file.bytes) present.push(file);
  const summed = new Map((await checksumFiles(present, signal)).map((file) => [file.path, file]));
  return files.map((file) => summed.get(file.path) ?? file);
}

const AT_ONCE = 8;

async function* numbered<T>(items: AsyncIterable<T>): AsyncGenerator<[number, T]> {
  let at = 0;
  for await (const item of items) yield [at++, item];
}

const LARGEST_PLAYLIST = 64 * 1024 * 1024;

/**
 * What a file of a tree is: by its name, and a playlist by what it says.
 * RFC 8216 §4.3.4: tags of multivariant playlists; §4.3.3.4: without EXT-X-ENDLIST it still grows.
 */
export async function classOfFile(path: string, file: string): Promise<FileClass> {
  const kind = classByName(path);
  if (kind !== 'media-playlist' || (await stat(file)).size > LARGEST_PLAYLIST) return kind;
  const text = await readFile(file, 'utf8');
  if (/^#EXT-X-(STREAM-INF|I-FRAME-STREAM-INF|MEDIA):/m.test(text)) return 'multivariant-playlist';
  return /^#EXT-X-ENDLIST\s*$/m.test(text) ? 'media-playlist' : 'live-playlist';
}

function notAFolder(folder: string): MediactlError {
  return new MediactlError('input-not-found', `there is no folder ${printable(folder)}`, {
    hint: 'name the folder of a title: mediactl upload movie gs://bucket/titles/movie',
  });
}
