import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { printable } from '../../model/text.js';
import { classByName, type FileClass } from '../../model/title-files.js';
import { forEachBounded } from '../../storage/bounded.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import { isCleanPath, type Snapshot } from '../../storage/storage.js';
import { RECEIPT_ENDING } from './upload-receipt.js';

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
  /** Paths that are not uploaded: hidden files, receipts, links, sockets, names that objects cannot have. */
  readonly skipped: readonly string[];
}

/**
 * All files below `folder`, each with what it is: by its name, and playlists by what they say.
 * Throws MediactlError input-not-found, input-unreadable.
 */
export async function readTree(folder: string, signal: AbortSignal): Promise<Tree> {
  const skipped: string[] = [];
  async function* walk(prefix: string): AsyncGenerator<string> {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = prefix + entry.name;
      if (isNotMedia(entry.name) || !isCleanPath(path) || !(entry.isFile() || entry.isDirectory())) {
        skipped.push(path);
      } else if (entry.isDirectory()) {
        yield* walk(`${path}/`);
      } else {
        yield path;
      }
    }
  }
  try {
    if (!(await stat(folder)).isDirectory()) throw notAFolder(folder);
    const files: TreeFile[] = [];
    await forEachBounded(numbered(walk('')), AT_ONCE, async ([at, path]) => {
      signal.throwIfAborted();
      const file = join(folder, path);
      const [kind, { size }] = await Promise.all([classOfFile(path, file), stat(file)]);
      files[at] = { path, file, class: kind, bytes: size };
    });
    return { files, skipped };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw notAFolder(folder);
    throw asReadError(error, folder);
  }
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
  there: Snapshot,
  signal: AbortSignal,
): Promise<readonly (TreeFile | ChecksummedFile)[]> {
  const present: TreeFile[] = [];
  for (const file of files) if ((await there.get(file.path))?.bytes === file.bytes) present.push(file);
  const summed = new Map((await checksumFiles(present, signal)).map((file) => [file.path, file]));
  return files.map((file) => summed.get(file.path) ?? file);
}

const AT_ONCE = 8;

async function* numbered<T>(items: AsyncIterable<T>): AsyncGenerator<[number, T]> {
  let at = 0;
  for await (const item of items) yield [at++, item];
}

/** Hidden, or what an earlier upload has noted: it names folders of this machine. */
function isNotMedia(name: string): boolean {
  return name.startsWith('.') || name.endsWith(RECEIPT_ENDING);
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
