import type { TitleRecord } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { removeIf } from '../../storage/conflict.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { PENDING_NAME, type Pending, type TitleFile } from './pending.js';

const AT_ONCE = 8;

/**
 * Removes files of earlier versions; those that were changed since stay, with a warning. `snapshot`: where others
 * publish too, what was there, and nothing newer is removed.
 */
export async function removeObsolete(
  storage: Storage,
  obsolete: readonly TitleFile[],
  snapshot: Snapshot | null,
): Promise<{ removed: number; warnings: Warning[] }> {
  const sizes = new Map<string, Set<number>>();
  for (const { path, bytes } of obsolete) sizes.set(path, (sizes.get(path) ?? new Set()).add(bytes));
  let removed = 0;
  const changed: string[] = [];
  await forEachBounded(sizes, snapshot ? QUEUED_AT_ONCE : AT_ONCE, async ([path, known]) => {
    const there = snapshot ? await snapshot.get(path) : await storage.stat(path);
    if (there && !known.has(there.bytes)) {
      changed.push(path);
      return;
    }
    if (snapshot) {
      if (!there) return;
      // As it was listed: what somebody has put there since stays.
      if (await removeIf(storage, there)) removed++;
      else changed.push(path);
      return;
    }
    // Also when it is gone: a run killed right after leaves an empty folder.
    await storage.remove(path);
    if (there) removed++;
  });
  if (changed.length === 0) return { removed, warnings: [] };
  const message = `kept files of the former title that were changed since: ${changed.toSorted().map(printable).join(', ')}`;
  return { removed, warnings: [{ code: 'changed-files-kept', message, count: changed.length }] };
}

type Brought = ReadonlyMap<string, { readonly bytes: number }>;

/**
 * Of a title that is there and unchanged: removes what its publication, killed right after its record, had still to
 * remove, and what runs that were given up have brought.
 */
export async function removeLeftovers(
  storage: Storage,
  record: TitleRecord,
  there: Snapshot,
  brought: Brought | null = null,
): Promise<void> {
  const leftovers = leftoversOf(record, brought);
  if (leftovers.length > 0) await removeObsolete(storage, leftovers, there);
}

export function leftoversOf(record: TitleRecord, brought: Brought | null = null): TitleFile[] {
  return obsoleteFiles(record, { previous: record, pending: null, brought });
}

/** All that earlier versions brought, or had begun to bring, and the new one does not have. */
export function obsoleteFiles(
  record: TitleRecord,
  before: {
    readonly previous: TitleRecord | null;
    readonly pending: Pending | null;
    readonly brought: Brought | null;
  },
): TitleFile[] {
  const { previous, pending, brought } = before;
  const stays = [...record.files, ...(record.kept ?? []).flatMap(({ files }) => files)].map((file) => file.path);
  const kept = new Set([...stays, RECORD_NAME, PENDING_NAME]);
  const all = [
    ...(previous?.files ?? []),
    ...(previous?.kept ?? []).flatMap(({ files }) => files),
    ...(previous?.removing ?? []),
    ...(pending?.files ?? []),
    ...(pending?.obsolete ?? []),
    ...[...(brought ?? [])].map(([path, { bytes }]) => ({ path, bytes })),
  ];
  const once = new Map(all.map((file) => [`${file.bytes} ${file.path}`, file]));
  return [...once.values()].filter((file) => !kept.has(file.path));
}
