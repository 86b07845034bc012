import { MediactlError } from '../../errors.js';
import type { Artifact } from '../../model/artifact.js';
import { printable } from '../../model/text.js';
import { isForEver } from '../../model/title-files.js';
import type { Snapshot, Storage, Stored, WriteOptions } from '../../storage/storage.js';

/** What keeps two publishers of one title apart, and remembers what this one has brought. */
export interface SharedDestination {
  /** Generation of each name that every title has, when the work began; null: there was none. */
  readonly expected: ReadonlyMap<string, string | null>;
  readonly isOurs: (path: string, crc32c: string | null) => boolean;
  /** Told of each object when it is confirmed. */
  readonly onStored?: (stored: Stored) => void;
  /** What this and earlier runs have brought, or were about to bring. */
  ownUploads(): Iterable<{ readonly path: string; readonly bytes: number }>;
  /** Notes what is about to be brought, so that it is known as ours whatever happens. */
  recordIntent(path: string, entry: { readonly bytes: number; readonly crc32c: string }): Promise<void>;
}

/** Throws MediactlError storage-conflict when a name that every title has is not what it was when the work began. */
export async function checkNotOvertaken(
  storage: Storage,
  snapshot: Snapshot,
  { expected }: SharedDestination,
): Promise<void> {
  for (const [path, generation] of expected) {
    if (((await snapshot.get(path))?.generation ?? null) === generation) continue;
    throw new MediactlError('storage-conflict', `someone else published ${printable(storage.name)} in the meantime`, {
      reason: `its ${path} is not the one that was there when this run began; nothing was replaced`,
      hint: 'find out who else publishes there, then run the same command again',
    });
  }
}

/** What must be there for it to be replaced: of names that every title has, what was there when the work began. */
export function conditionOf(path: string, shared: SharedDestination | null): WriteOptions {
  const generation = shared?.expected.get(path);
  if (generation === undefined) return {};
  return { condition: generation === null ? 'absent' : { generation } };
}

/**
 * Where others publish, too, what caches may keep for ever replaces nothing. The same bytes will do, whoever brought
 * them.
 * Throws MediactlError storage-conflict when other bytes have the name.
 */
export async function newOnly(
  artifact: Pick<Artifact, 'path' | 'class' | 'crc32c'>,
  snapshot: Snapshot,
  isShared: boolean,
): Promise<WriteOptions> {
  if (!isShared || !isForEver(artifact.class)) return {};
  const found = await snapshot.get(artifact.path);
  if (found === null) return { condition: 'absent', acceptSameBytes: true };
  if (found.crc32c === artifact.crc32c) return {};
  throw new MediactlError('storage-conflict', `${printable(artifact.path)} already exists with other content`, {
    reason: 'such files are cached for ever, so a name is never reused for other content',
    hint: 'encode the title again with --force: it gets new names',
  });
}

/** What was found there is not held by anybody: another publisher may remove it as part of an older version. */
export async function checkStillThere(storage: Storage, stored: Iterable<Stored>): Promise<void> {
  const now = await storage.snapshot();
  for (const { path, generation } of stored) {
    if ((await now.get(path))?.generation === generation) continue;
    throw new MediactlError('storage-conflict', `someone else removed or replaced ${printable(path)} in the meantime`, {
      reason: 'it was found in the bucket and is part of this title; the master playlist was not replaced',
      hint: 'find out who else publishes there, then run the same command again',
    });
  }
}
