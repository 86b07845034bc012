import { stat } from 'node:fs/promises';
import { hasErrorCode, MediactlError } from '../../errors.js';
import type { Artifact, ArtifactClass, TitleRecord } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import { printable } from '../../model/text.js';
import { forEachBounded } from '../../storage/bounded.js';
import type { Storage } from '../../storage/storage.js';
import { asMediactlError } from '../../tools/space.js';
import { checkOwnership, RECORD_NAME } from './ownership.js';
import { PENDING_NAME, readPending, writePending, type Pending, type TitleFile } from './pending.js';

export interface PublishOptions {
  /** The record of the title that is there now, null when there is none of ours. */
  readonly previous: TitleRecord | null;
  /** The new title's; its `files` are all artifacts, no more and no less. */
  readonly record: TitleRecord;
  readonly force?: boolean;
}

export interface Receipt {
  /** Files brought there now, and files that were there already. */
  readonly published: number;
  readonly reused: number;
  /** Files of earlier versions that were removed. */
  readonly removed: number;
  /** Of the whole title. */
  readonly bytes: number;
  readonly warnings: readonly Warning[];
}

/**
 * Publishes a title: segments, then media playlists, then what is not played, then multivariant playlists, then
 * mediactl.json, then removes what only earlier versions had. Whoever reads sees the old title until its master
 * playlist is replaced, then the new one. Killed at any moment, it can be run again: an artifact whose staged bytes
 * are gone is done when the storage has it in the right size. Files that no version of the title named are never
 * touched; those of ours that were changed since stay, with a warning.
 * Throws MediactlError: output-not-ours, output-not-writable, disk-full, verify-failed.
 */
export async function publish(
  artifacts: Iterable<Artifact> | AsyncIterable<Artifact>,
  storage: Storage,
  options: PublishOptions,
): Promise<Receipt> {
  try {
    await checkOwnership(storage, options);
    const { record } = options;
    const obsolete = obsoleteFiles(record, options.previous, await readPending(storage));
    await writePending(storage, { files: record.files, obsolete });
    await storage.flush();

    const { published, reused } = await putInOrder(artifacts, storage, record);
    const text = `${JSON.stringify(record, null, 2)}\n`;
    await storage.write(RECORD_NAME, new TextEncoder().encode(text), 'record');
    await storage.flush();

    const { removed, warnings } = await removeObsolete(storage, obsolete);
    await storage.remove(PENDING_NAME);
    await storage.flush();
    const bytes = record.files.reduce((sum, file) => sum + file.bytes, 0);
    return { published, reused, removed, bytes, warnings };
  } catch (error) {
    throw asMediactlError(error, storage.name);
  }
}

const AT_ONCE = 8;

/** What is named before what names it. Segments go as they come; the rest is few and waits for its turn. */
const ORDER: readonly (readonly ArtifactClass[])[] = [['media-playlist'], ['record'], ['multivariant-playlist']];

async function putInOrder(
  artifacts: Iterable<Artifact> | AsyncIterable<Artifact>,
  storage: Storage,
  record: TitleRecord,
): Promise<{ published: number; reused: number }> {
  const missing = new Map(record.files.map((file) => [file.path, file.bytes]));
  const later: Artifact[] = [];
  const counts = { published: 0, reused: 0 };
  const put = async (artifact: Artifact): Promise<void> => {
    counts[await putOne(artifact, storage)]++;
  };
  await forEachBounded(artifacts, AT_ONCE, async (artifact) => {
    if (missing.get(artifact.path) !== artifact.bytes) throw notInRecord(artifact.path);
    missing.delete(artifact.path);
    if (artifact.class === 'segment' || artifact.class === 'init') await put(artifact);
    else later.push(artifact);
  });
  for (const [path] of missing) throw notInRecord(path);
  for (const classes of ORDER) {
    // All that is named is there and would survive a power cut before what names it appears.
    if (classes.includes('multivariant-playlist')) await storage.flush();
    await forEachBounded(
      later.filter((artifact) => classes.includes(artifact.class)),
      AT_ONCE,
      put,
    );
  }
  await storage.flush();
  return counts;
}

async function putOne(artifact: Artifact, storage: Storage): Promise<'published' | 'reused'> {
  const { path, file, bytes } = artifact;
  const staged = await stat(file).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  });
  // A file of the wrong size does not even get near the title.
  if (staged && staged.size !== bytes) throw notAsEncoded(artifact, staged.size);
  const there = staged ? await storage.put(path, file, artifact.class) : await storage.stat(path);
  if (there?.bytes !== bytes) throw notAsEncoded(artifact, there?.bytes ?? null);
  return staged ? 'published' : 'reused';
}

function notAsEncoded({ path, bytes }: Artifact, found: number | null): MediactlError {
  return new MediactlError('verify-failed', `${printable(path)} is not what was encoded`, {
    reason: found === null ? 'it is neither staged nor published' : `it has ${found} bytes instead of ${bytes}`,
    hint: 'run the same command again: it encodes again what is missing',
  });
}

function notInRecord(path: string): Error {
  return new Error(`the record and the artifacts of the title differ: ${path}`);
}

/** All that earlier versions brought, or had begun to bring, and the new one does not have. */
function obsoleteFiles(record: TitleRecord, previous: TitleRecord | null, pending: Pending | null): TitleFile[] {
  const kept = new Set([...record.files.map((file) => file.path), RECORD_NAME, PENDING_NAME]);
  const all = [...(previous?.files ?? []), ...(pending?.files ?? []), ...(pending?.obsolete ?? [])];
  const once = new Map(all.map((file) => [`${file.bytes} ${file.path}`, file]));
  return [...once.values()].filter((file) => !kept.has(file.path));
}

async function removeObsolete(
  storage: Storage,
  obsolete: readonly TitleFile[],
): Promise<{ removed: number; warnings: Warning[] }> {
  const sizes = new Map<string, Set<number>>();
  for (const { path, bytes } of obsolete) sizes.set(path, (sizes.get(path) ?? new Set()).add(bytes));
  let removed = 0;
  const changed: string[] = [];
  await forEachBounded(sizes, AT_ONCE, async ([path, known]) => {
    const there = await storage.stat(path);
    if (there && !known.has(there.bytes)) {
      changed.push(path);
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
