import type { FilesAndJournals, RecordedFile, TitleRecord } from '../../model/artifact.js';
import { isEmpty, namesIn, olderFiles, presentFiles, withoutNamed } from '../../model/files-and-journals.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { classOf, RECORD_NAME, stepOf, STEPS } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { removeIf } from '../../storage/conflict.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { segmentsOf } from './list-files.js';
import { PENDING_NAME, type Pending } from './pending.js';

const AT_ONCE = 8;

/**
 * Removes files of earlier versions against the order of publishing, each step when the one before is gone, so that a
 * player that still has an older version does not begin what is about to go; those that were changed since stay, with a
 * warning. `snapshot`: where others publish too, what was there, and nothing newer is removed. Journals go last: they say
 * what else is to go.
 */
export async function removeObsolete(
  storage: Storage,
  { files, journals }: FilesAndJournals,
  snapshot: Snapshot | null,
): Promise<{ removed: number; warnings: Warning[] }> {
  let removed = 0;
  const changed: string[] = [];
  const remove = async (path: string, isKnown: (bytes: number) => boolean): Promise<void> => {
    const existing = snapshot ? await snapshot.get(path) : await storage.stat(path);
    if (existing && !isKnown(existing.bytes)) {
      changed.push(path);
      return;
    }
    if (snapshot) {
      if (!existing) return;
      // As it was listed: what somebody has put there since stays.
      if (await removeIf(storage, existing)) removed++;
      else changed.push(path);
      return;
    }
    // Also when it is gone: a run killed right after leaves an empty folder.
    await storage.remove(path);
    if (existing) removed++;
  };
  const atOnce = snapshot ? QUEUED_AT_ONCE : AT_ONCE;
  const removeAll = async (some: readonly RecordedFile[]): Promise<void> => {
    const sizes = new Map<string, Set<number>>();
    for (const { path, bytes } of some) sizes.set(path, (sizes.get(path) ?? new Set()).add(bytes));
    await forEachBounded(sizes, atOnce, ([path, known]) => remove(path, (bytes) => known.has(bytes)));
  };
  for (const step of STEPS.toReversed()) {
    await removeAll(files.filter((file) => stepOf(classOf(file)) === step));
    if (step !== stepOf('segment')) continue;
    for (const journal of journals) {
      const segments = segmentsOf(journal, { storage });
      await forEachBounded(segments, atOnce, ({ path, bytes }) => remove(path, (found) => found === bytes));
    }
  }
  await removeAll(journals);
  if (changed.length === 0) return { removed, warnings: [] };
  const message = `kept files of the previous title that have changed since: ${changed.toSorted().map(printable).join(', ')}`;
  return { removed, warnings: [{ code: 'changed-files-kept', message, count: changed.length }] };
}

type OwnUploads = Iterable<{ readonly path: string; readonly bytes: number }>;

/**
 * Of a title that is there and unchanged: removes what its publication, killed right after its record, had still to
 * remove, and what runs that were given up have brought.
 */
export async function removeLeftovers(
  storage: Storage,
  record: TitleRecord,
  snapshot: Snapshot,
  ownUploads: OwnUploads | null = null,
): Promise<void> {
  const leftovers = leftoversOf(record, ownUploads);
  if (!isEmpty(leftovers)) await removeObsolete(storage, leftovers, snapshot);
}

export function leftoversOf(record: TitleRecord, ownUploads: OwnUploads | null = null): FilesAndJournals {
  return obsoleteFiles(record, { previous: record, pending: null, ownUploads });
}

/** All that earlier versions brought, or had begun to bring, and the new one does not have. Reads no journal. */
export function obsoleteFiles(
  record: TitleRecord,
  before: {
    readonly previous: TitleRecord | null;
    readonly pending: Pending | null;
    readonly ownUploads: OwnUploads | null;
  },
): FilesAndJournals {
  const { previous, pending, ownUploads } = before;
  const stays = namesIn([presentFiles(record), ...(record.kept ?? [])]);
  const isKept = (path: string): boolean => path === RECORD_NAME || path === PENDING_NAME || stays(path);
  const older = previous ? [presentFiles(previous), ...olderFiles(previous)] : [];
  const begun = pending ? [pending.files, pending.obsolete] : [];
  const files = [];
  for (const { path, bytes } of ownUploads ?? []) if (!isKept(path)) files.push({ path, bytes });
  // What a journal names need not be named again.
  const obsolete = withoutNamed([...older, ...begun], isKept);
  const isNamed = namesIn([obsolete]);
  return { ...obsolete, files: [...obsolete.files, ...files.filter(({ path }) => !isNamed(path))] };
}

/** Of these, what was there; all where that is not known. */
export async function presentOf(
  { files, journals }: FilesAndJournals,
  snapshot: Snapshot | null,
): Promise<FilesAndJournals> {
  if (!snapshot) return { files, journals };
  const presentFiles = [];
  for (const { path, bytes } of files) if ((await snapshot.get(path)) !== null) presentFiles.push({ path, bytes });
  const presentJournals = [];
  for (const journal of journals) if ((await snapshot.get(journal.path)) !== null) presentJournals.push(journal);
  return { files: presentFiles, journals: presentJournals };
}
