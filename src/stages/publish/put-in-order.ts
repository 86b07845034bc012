import type { Artifact, TitleArtifacts, TitleRecord } from '../../model/artifact.js';
import { folderOf, presentFiles } from '../../model/files-and-journals.js';
import { ENTRY_STEP, stepOf, STEPS } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { Listing } from '../../storage/listing.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { ensureObject } from './bring-file.js';
import { checkStillThere, conditionOf, newOnly, type SharedDestination } from './shared.js';

const AT_ONCE = 8;

export interface PutInOrder {
  readonly published: number;
  readonly reused: number;
  /** Null where nobody shares the destination. */
  readonly stored: Listing | null;
}

/**
 * Brings all artifacts to their places, each step when the one before is confirmed.
 * Throws an Error, before anything refers to a file, when the artifacts are not what the record lists.
 */
export async function putInOrder(
  artifacts: TitleArtifacts,
  storage: Storage,
  {
    record,
    snapshot,
    shared,
  }: { readonly record: TitleRecord; readonly snapshot: Snapshot; readonly shared: SharedDestination | null },
): Promise<PutInOrder> {
  const counts = { published: 0, reused: 0 };
  const stored = shared ? new Listing() : null;
  const put = async (artifact: Artifact): Promise<void> => {
    const { path, bytes, crc32c } = artifact;
    const recordIntent =
      shared && crc32c !== undefined ? (): Promise<void> => shared.recordIntent(path, { bytes, crc32c }) : undefined;
    const options = {
      snapshot,
      beforeSend: recordIntent,
      ...conditionOf(path, shared),
      ...(await newOnly(artifact, snapshot, shared !== null)),
    };
    const put = await ensureObject(artifact, storage, options);
    counts[put.outcome]++;
    stored?.set(put.stored);
    shared?.onStored?.(put.stored);
  };
  const atOnce = shared ? QUEUED_AT_ONCE : AT_ONCE;
  const segments = countedSegments(artifacts, record);
  checkFiles(artifacts.files, record);
  for (const step of STEPS) {
    // All that is named is there and would survive a power cut before what names it appears; so would journals, by
    // which a later run knows the segments of a version that was given up.
    await storage.flush();
    if (step === ENTRY_STEP && stored && counts.reused > 0) await checkStillThere(storage, stored.all());
    const files = artifacts.files.filter((artifact) => stepOf(artifact.class) === step);
    await forEachBounded(files, atOnce, put);
    if (step === stepOf('segment')) await forEachBounded(segments, atOnce, put);
  }
  await storage.flush();
  return { ...counts, stored };
}

function checkFiles(files: readonly Artifact[], record: TitleRecord): void {
  const listed = presentFiles(record);
  const missing = new Map([...listed.files, ...listed.journals].map(({ path, bytes }) => [path, bytes]));
  for (const { path, bytes } of files) {
    if (missing.get(path) !== bytes) throw notInRecord(path);
    missing.delete(path);
  }
  for (const [path] of missing) throw notInRecord(path);
}

/** Passes the segments on, and throws at their end when they are not as many and as large as the record says. */
async function* countedSegments(artifacts: TitleArtifacts, { renditions }: TitleRecord): AsyncGenerator<Artifact> {
  const missing = new Map<string, { segments: number; bytes: number }>(
    renditions.flatMap(({ journal, segments, bytes }) =>
      journal ? [[folderOf(journal.path), { segments, bytes }] as const] : [],
    ),
  );
  for await (const segment of artifacts.segments()) {
    const left = missing.get(folderOf(segment.path));
    if (!left) throw notInRecord(segment.path);
    left.segments--;
    left.bytes -= segment.bytes;
    yield segment;
  }
  for (const [folder, { segments, bytes }] of missing) if (segments !== 0 || bytes !== 0) throw notInRecord(folder);
}

function notInRecord(path: string): Error {
  return new Error(`the record and the artifacts of the title differ: ${path}`);
}
