import type { RecordedFile, TitleRecord } from '../../model/artifact.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import type { Storage, Stored } from '../../storage/storage.js';
import { parseRecord } from '../record/record.js';
import { join, titleFolders, type TitleFolder } from './title-folders.js';

/** A published title, and what of it is really there. All paths are those of the storage that was listed. */
export interface FoundTitle {
  /** Its folder: "titles/movie", or "" when the storage is the title's own. */
  readonly root: string;
  readonly record: TitleRecord;
  /** The mediactl.json from which `record` was read. */
  readonly recordFile: Stored;
  /** Files of the present version that are there as recorded. */
  readonly files: readonly Stored[];
  /** Files of older versions that are there as recorded. */
  readonly kept: readonly Stored[];
  /** Recorded for the present version, and not there. */
  readonly missing: readonly string[];
  /** Of the present version, there with another size or checksum than recorded. */
  readonly changed: readonly Stored[];
  /** The same of older versions. */
  readonly changedKept: readonly Stored[];
  /** What no version's record names. */
  readonly others: readonly Stored[];
}

export interface FoundTitles<T> {
  readonly titles: readonly T[];
  /** Folders with a mediactl.json that cannot be taken for a title's, and why. */
  readonly unreadable: readonly { readonly root: string; readonly reason: string }[];
  /** Files that belong to no title. */
  readonly others: { readonly objects: number; readonly bytes: number };
}

/**
 * All titles in a storage, from one listing and their records, read while the listing goes on. `take` says what is
 * kept of each, so that thousands need little memory; the result is sorted by folder.
 * Throws MediactlError storage-…, output-not-writable.
 */
export async function findTitles<T>(storage: Storage, take: (title: FoundTitle) => T): Promise<FoundTitles<T>> {
  const titles: { readonly root: string; readonly taken: T }[] = [];
  const unreadable: { readonly root: string; readonly reason: string }[] = [];
  const others = { objects: 0, bytes: 0 };
  const other = ({ bytes }: Stored): void => {
    others.objects++;
    others.bytes += bytes;
  };
  await forEachBounded(titleFolders(storage.list(''), other), QUEUED_AT_ONCE, async (folder) => {
    const { root } = folder;
    const read = await readTitle(storage, folder);
    if (read === null) return;
    if ('record' in read) titles.push({ root, taken: take(read) });
    else {
      unreadable.push({ root, reason: read.reason });
      for (const stored of folder.objects) other(stored);
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
async function readTitle(storage: Storage, folder: TitleFolder): Promise<FoundTitle | { reason: string } | null> {
  let { objects } = folder;
  for (let round = 0; round < ROUNDS; round++) {
    const path = join(folder.root, RECORD_NAME);
    const recordFile = objects.find((stored) => stored.path === path);
    if (!recordFile) return null;
    const bytes = await storage.read(path, recordFile.generation);
    const state = bytes && (await parseRecord(bytes));
    if (state?.kind === 'foreign') return { reason: state.reason };
    if (state) return compare(folder.root, state.record, recordFile, objects);
    // Replaced since it was listed: what was listed with it is of no use any more.
    const again: Stored[] = [];
    for await (const stored of storage.list(join(folder.root, ''))) again.push(stored);
    objects = again;
  }
  return { reason: 'it is being replaced all the time' };
}

const ROUNDS = 3;

function compare(root: string, record: TitleRecord, recordFile: Stored, objects: readonly Stored[]): FoundTitle {
  const present = new Map(record.files.map((file) => [join(root, file.path), file]));
  const older = [...(record.kept ?? []).flatMap(({ files }) => files), ...(record.removing ?? [])];
  const kept = new Map(older.map((file) => [join(root, file.path), file]));
  const sorted: Record<Sort, Stored[]> = { file: [], kept: [], changed: [], changedKept: [], note: [], other: [] };
  const missing = new Set(present.keys());
  const ownNotes = new Set([recordFile.path, join(root, PENDING_NAME)]);
  const sortOf = (stored: Stored): Sort => {
    const recorded = present.get(stored.path) ?? kept.get(stored.path);
    if (recorded === undefined) return ownNotes.has(stored.path) ? 'note' : 'other';
    if (!isAsRecorded(stored, recorded)) return present.has(stored.path) ? 'changed' : 'changedKept';
    return present.has(stored.path) ? 'file' : 'kept';
  };
  for (const stored of objects) {
    missing.delete(stored.path);
    const sort = sortOf(stored);
    sorted[sort].push(stored);
  }
  const { file: files, kept: keptFiles, changed, changedKept, other: others } = sorted;
  return { root, record, recordFile, files, kept: keptFiles, missing: [...missing], changed, changedKept, others };
}

type Sort = 'file' | 'kept' | 'changed' | 'changedKept' | 'note' | 'other';

/** By size, and by checksum where both are known. */
function isAsRecorded(stored: Stored, recorded: RecordedFile): boolean {
  if (stored.bytes !== recorded.bytes) return false;
  return stored.crc32c === null || recorded.crc32c === undefined || stored.crc32c === recorded.crc32c;
}
