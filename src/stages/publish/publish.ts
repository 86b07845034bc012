import { MediactlError } from '../../errors.js';
import type { Artifact, TitleRecord } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { ENTRY_STEP, isForEver, RECORD_NAME, stepOf, STEPS } from '../../model/title-files.js';
import { recordText } from '../../model/title-record.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { crc32cOf } from '../../storage/crc32c.js';
import type { Snapshot, Storage, Stored, WriteOptions } from '../../storage/storage.js';
import { ensureObject } from './bring-file.js';
import { checkOwnership } from './ownership.js';
import { PENDING_NAME, readPending, writePending, type TitleFile } from './pending.js';
import { obsoleteFiles, removeObsolete } from './remove-obsolete.js';

export interface PublishOptions {
  /** The record of the title that is there now, null when there is none of ours. */
  readonly previous: TitleRecord | null;
  /** The new title's; its `files` are all artifacts, no more and no less. */
  readonly record: TitleRecord;
  readonly force?: boolean;
  /** Set where no lock keeps other publishers out (a bucket). */
  readonly shared?: Shared | null;
}

/** What keeps two publishers of one title apart, and remembers what this one has brought. */
export interface Shared {
  /** Generation of each name that every title has, when the work began; null: there was none. */
  readonly expected: ReadonlyMap<string, string | null>;
  /** What this and earlier runs have brought, or were about to bring, by path. */
  readonly brought: ReadonlyMap<string, { readonly bytes: number; readonly crc32c: string }>;
  readonly knows: (path: string, crc32c: string | null) => boolean;
  /** Told of each object when it is confirmed. */
  readonly onStored?: (stored: Stored) => void;
  /** Notes what is about to be brought, so that it is known as ours whatever happens. */
  announce(path: string, entry: { readonly bytes: number; readonly crc32c: string }): Promise<void>;
}

export interface Receipt {
  /** Files brought there now, and files that were there already. */
  readonly published: number;
  readonly reused: number;
  /** Files of earlier versions that were removed. */
  readonly removed: number;
  /** Where publishers share the destination: all of the title as it is there now, its record included. */
  readonly stored: readonly Stored[];
  /** Of the whole title. */
  readonly bytes: number;
  readonly warnings: readonly Warning[];
}

/**
 * Publishes a title: journals, segments, then media playlists, then multivariant playlists (`STEPS`), then
 * mediactl.json, then removes what only earlier versions had. Whoever reads sees the old title until its master
 * playlist is replaced, then the new one. Killed at any moment, it can be run again: an artifact whose staged bytes
 * are gone is done when the storage has it in the right size. Files that no version of the title named are never
 * touched; those of ours that were changed since stay, with a warning.
 *
 * Where publishers share the destination, the master playlist and the record replace only what was there when the
 * work began: of two publishers one gets storage-conflict, before its playlist is there.
 * Throws MediactlError: output-not-ours, output-not-writable, disk-full, verify-failed, storage-…
 */
export async function publish(
  artifacts: Iterable<Artifact> | AsyncIterable<Artifact>,
  storage: Storage,
  options: PublishOptions,
): Promise<Receipt> {
  const { record, shared = null } = options;
  const there = await storage.snapshot();
  if (shared) await checkNotOvertaken(storage, there, shared);
  await checkOwnership(storage, { ...options, ...(shared ? { isOurs: broughtBy(shared), there } : {}) });
  const pending = shared ? null : await readPending(storage);
  const before = { previous: options.previous, pending, brought: shared?.brought ?? null };
  const obsolete = await presentOf(obsoleteFiles(record, before), shared ? there : null);
  if (!shared) await writePending(storage, { files: record.files, obsolete });
  await storage.flush();

  const { published, reused, stored } = await putInOrder(artifacts, storage, { record, there, shared });
  // Killed while it removes, the next run knows what is left to do.
  const written = shared && obsolete.length > 0 ? { ...record, removing: obsolete } : record;
  const text = recordText(written);
  await shared?.announce(RECORD_NAME, { bytes: text.length, crc32c: crc32cOf(text) });
  const put = await storage.write(RECORD_NAME, text, 'record', conditionOf(RECORD_NAME, shared));
  if (shared) stored.push(put);
  await storage.flush();

  const { removed, warnings } = await removeObsolete(storage, obsolete, shared ? there : null);
  if (!shared) await storage.remove(PENDING_NAME);
  await storage.flush();
  const bytes = record.files.reduce((sum, file) => sum + file.bytes, 0);
  return { published, reused, removed, stored, bytes, warnings };
}

function broughtBy({ knows }: Shared): (stored: Stored) => boolean {
  return ({ path, crc32c }) => knows(path, crc32c);
}

async function checkNotOvertaken(storage: Storage, there: Snapshot, { expected }: Shared): Promise<void> {
  for (const [path, generation] of expected) {
    if (((await there.get(path))?.generation ?? null) === generation) continue;
    throw new MediactlError('storage-conflict', `somebody else published ${printable(storage.name)} meanwhile`, {
      reason: `its ${path} is not the one that was there when this run began; nothing of it was replaced`,
      hint: 'see who else publishes there, then run the same command again',
    });
  }
}

function conditionOf(path: string, shared: Shared | null): WriteOptions {
  const generation = shared?.expected.get(path);
  if (generation === undefined) return {};
  return { condition: generation === null ? 'absent' : { generation } };
}

/**
 * Where others publish, too, what caches may keep for ever replaces nothing. The same bytes will do, whoever brought
 * them.
 * Throws MediactlError storage-conflict when other bytes have the name.
 */
export async function newOnly(artifact: Artifact, there: Snapshot, shared: Shared | null): Promise<WriteOptions> {
  if (!shared || !isForEver(artifact.class)) return {};
  const found = await there.get(artifact.path);
  if (found === null) return { condition: 'absent', acceptSameBytes: true };
  if (found.crc32c === artifact.crc32c) return {};
  throw new MediactlError('storage-conflict', `${printable(artifact.path)} is there already, with other bytes`, {
    reason: 'such files are cached for ever, so that a name is never used for other bytes',
    hint: 'encode the title again with --force: it gets new names',
  });
}

const AT_ONCE = 8;

async function putInOrder(
  artifacts: Iterable<Artifact> | AsyncIterable<Artifact>,
  storage: Storage,
  { record, there, shared }: { readonly record: TitleRecord; readonly there: Snapshot; readonly shared: Shared | null },
): Promise<{ published: number; reused: number; stored: Stored[] }> {
  const missing = new Map(record.files.map((file) => [file.path, file.bytes]));
  const all: Artifact[] = [];
  const counts = { published: 0, reused: 0 };
  const stored: Stored[] = [];
  const put = async (artifact: Artifact): Promise<void> => {
    const { path, bytes, crc32c } = artifact;
    const announce =
      shared && crc32c !== undefined ? (): Promise<void> => shared.announce(path, { bytes, crc32c }) : undefined;
    const options = {
      there,
      beforeSend: announce,
      ...conditionOf(path, shared),
      ...(await newOnly(artifact, there, shared)),
    };
    const put = await ensureObject(artifact, storage, options);
    counts[put.outcome]++;
    if (shared) stored.push(put.stored);
    shared?.onStored?.(put.stored);
  };
  const atOnce = shared ? QUEUED_AT_ONCE : AT_ONCE;
  for await (const artifact of artifacts) {
    if (missing.get(artifact.path) !== artifact.bytes) throw notInRecord(artifact.path);
    missing.delete(artifact.path);
    all.push(artifact);
  }
  for (const [path] of missing) throw notInRecord(path);
  for (const step of STEPS) {
    // All that is named is there and would survive a power cut before what names it appears.
    if (step === ENTRY_STEP) {
      await storage.flush();
      if (shared && counts.reused > 0) await checkStillThere(storage, stored);
    }
    await forEachBounded(
      all.filter((artifact) => stepOf(artifact.class) === step),
      atOnce,
      put,
    );
  }
  await storage.flush();
  return { ...counts, stored };
}

/** What was found there is not held by anybody: another publisher may remove it as part of an older version. */
async function checkStillThere(storage: Storage, stored: readonly Stored[]): Promise<void> {
  const now = await storage.snapshot();
  for (const { path, generation } of stored) {
    if ((await now.get(path))?.generation === generation) continue;
    throw new MediactlError('storage-conflict', `somebody else removed or replaced ${printable(path)} meanwhile`, {
      reason: 'it was found in the bucket and is part of this title; its master playlist was not replaced',
      hint: 'see who else publishes there, then run the same command again',
    });
  }
}

function notInRecord(path: string): Error {
  return new Error(`the record and the artifacts of the title differ: ${path}`);
}

/** Of these, what was there; all where that is not known. */
async function presentOf(files: TitleFile[], there: Snapshot | null): Promise<TitleFile[]> {
  if (!there) return files;
  const found = await Promise.all(files.map(async ({ path }) => there.get(path)));
  return files.filter((_, i) => found[i] !== null).map(({ path, bytes }) => ({ path, bytes }));
}
