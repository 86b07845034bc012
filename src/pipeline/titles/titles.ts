import type { TitleRecord } from '../../model/artifact.js';
import { olderFiles, presentFiles } from '../../model/files-and-journals.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { filesOf, isAsRecorded } from '../../stages/publish/list-files.js';
import { PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { Listing } from '../../storage/listing.js';
import type { Storage, Stored } from '../../storage/storage.js';
import { parseRecord } from '../record/record.js';
import { isWorkingFolder } from '../work/leftovers.js';
import { join, titleFolders, type TitleFolder } from './title-folders.js';

/** A published title, and what of it is really there. All paths are those of the storage that was listed. */
export interface FoundTitle {
  /** Its folder: "titles/movie", or "" when the storage is the title's own. */
  readonly root: string;
  readonly record: TitleRecord;
  /** The mediactl.json from which `record` was read. */
  readonly recordFile: Stored;
  /** How many files recorded for the present version are not there. */
  readonly missing: number;
  /** How many of its files were compared by size and checksum, and how many by size alone. */
  readonly compared: Compared;
  /** What is there below its folder, of these sorts; one object at a time, and each call begins anew. */
  objects(...sorts: readonly Sort[]): Iterable<Stored>;
}

export interface Compared {
  readonly byChecksum: number;
  readonly bySize: number;
}

/** The CRC-32C of a file that is there; null: it is not known. */
export type SumOf = (stored: Stored) => Promise<string | null>;

const sumAsListed: SumOf = ({ crc32c }) => Promise.resolve(crc32c);

/**
 * `file`: of the present version, as recorded; `changed`: with another size or checksum. `kept`, `changed-kept`: the same
 * of older versions. `note`: the record, and the note of a publication under way. `other`: named by no version.
 */
export type Sort = (typeof SORTS)[number];

const SORTS = ['other', 'note', 'file', 'changed', 'kept', 'changed-kept'] as const;

export interface FoundTitles<T> {
  readonly titles: readonly T[];
  /** Folders with a mediactl.json that cannot be taken for a title's, and why. */
  readonly unreadable: readonly { readonly root: string; readonly reason: string }[];
  /** Files that belong to no title. */
  readonly others: { readonly objects: number; readonly bytes: number };
}

/**
 * All titles in a storage, from one listing and their records, read while the listing goes on. `take` says what is
 * kept of each, so that thousands need little memory; the result is sorted by folder. `sumOf`: where checksums of files come
 * from whose record has one; by default from the listing, which in a folder has none.
 * Throws MediactlError storage-…, output-not-writable.
 */
export async function findTitles<T>(
  storage: Storage,
  take: (title: FoundTitle) => T | Promise<T>,
  sumOf: SumOf = sumAsListed,
): Promise<FoundTitles<T>> {
  const titles: { readonly root: string; readonly taken: T }[] = [];
  const unreadable: { readonly root: string; readonly reason: string }[] = [];
  const others = { objects: 0, bytes: 0 };
  const other = ({ path, bytes }: Stored): void => {
    // Unfinished work is told of apart.
    if (path.split('/').some(isWorkingFolder)) return;
    others.objects++;
    others.bytes += bytes;
  };
  await forEachBounded(titleFolders(storage.list(''), other), QUEUED_AT_ONCE, async (folder) => {
    const { root } = folder;
    const read = await readTitle(storage, folder, sumOf);
    if (read === null) return;
    if ('record' in read) titles.push({ root, taken: await take(read) });
    else {
      unreadable.push({ root, reason: read.reason });
      for (const stored of folder.objects.all()) other(stored);
    }
  });
  const byRoot = (a: { readonly root: string }, b: { readonly root: string }): number => (a.root < b.root ? -1 : 1);
  return {
    titles: titles.toSorted(byRoot).map(({ taken }) => taken),
    unreadable: unreadable.toSorted(byRoot),
    others,
  };
}

/** Null when it went away meanwhile. */
async function readTitle(
  storage: Storage,
  folder: TitleFolder,
  sumOf: SumOf,
): Promise<FoundTitle | { reason: string } | null> {
  let { objects } = folder;
  for (let round = 0; round < ROUNDS; round++) {
    const path = join(folder.root, RECORD_NAME);
    const recordFile = objects.find(path);
    if (!recordFile) return null;
    const bytes = await storage.read(path, recordFile.generation);
    const state = bytes && (await parseRecord(bytes));
    if (state?.kind === 'foreign') return { reason: state.reason };
    if (state) return compare(storage, folder.root, { record: state.record, recordFile, objects, sumOf });
    // Replaced since it was listed: what was listed with it is of no use any more.
    objects = await Listing.of(storage.list(join(folder.root, '')));
  }
  return { reason: 'it is being replaced all the time' };
}

const ROUNDS = 3;

async function compare(
  storage: Storage,
  root: string,
  found: {
    readonly record: TitleRecord;
    readonly recordFile: Stored;
    readonly objects: Listing;
    readonly sumOf: SumOf;
  },
): Promise<FoundTitle> {
  const { record, recordFile, objects, sumOf } = found;
  const reader = { storage, root: join(root, '') };
  /** By the objects' numbers: indexes of `SORTS`. */
  const sorted = new Uint8Array(objects.size);
  const mark = (path: string, sort: Sort): void => {
    const number = objects.numberOf(path);
    if (number !== null && sorted[number] === 0) sorted[number] = SORTS.indexOf(sort);
  };
  const compared = { byChecksum: 0, bySize: 0 };
  let missing = 0;
  for await (const file of filesOf(presentFiles(record), reader)) {
    const stored = objects.find(join(root, file.path));
    if (stored === null) {
      missing++;
      continue;
    }
    const isSummed = file.crc32c !== undefined && stored.bytes === file.bytes;
    const crc32c = isSummed ? await sumOf(stored) : stored.crc32c;
    if (crc32c !== null && file.crc32c !== undefined) compared.byChecksum++;
    else compared.bySize++;
    mark(stored.path, isAsRecorded({ ...stored, crc32c }, file) ? 'file' : 'changed');
  }
  for (const version of olderFiles(record)) {
    for await (const file of filesOf(version, reader)) {
      const stored = objects.find(join(root, file.path));
      if (stored) mark(stored.path, isAsRecorded(stored, file) ? 'kept' : 'changed-kept');
    }
  }
  for (const path of [recordFile.path, join(root, PENDING_NAME)]) mark(path, 'note');
  return {
    root,
    record,
    recordFile,
    missing,
    compared,
    *objects(...sorts) {
      for (const stored of objects.all()) {
        const number = objects.numberOf(stored.path);
        if (number !== null && sorts.includes(SORTS[sorted[number] ?? 0] ?? 'other')) yield stored;
      }
    },
  };
}
