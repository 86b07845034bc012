import { MediactlError } from '../errors.js';
import type { Artifact, TitleRecord } from '../model/artifact.js';
import type { Emit, ResultEvent } from '../model/events.js';
import type { Warning } from '../model/media.js';
import { printable } from '../model/text.js';
import { classOf } from '../stages/publish/class-of.js';
import { MASTER_NAME, RECORD_NAME } from '../stages/publish/ownership.js';
import { publish } from '../stages/publish/publish.js';
import { removeLeftovers } from '../stages/publish/remove-obsolete.js';
import { publishTree } from '../stages/publish/publish-tree.js';
import { LocalStorage } from '../storage/local.js';
import type { Snapshot, Stored } from '../storage/storage.js';
import type { Destination } from './destination.js';
import { keptVersions } from './make-record.js';
import { isUnchanged, readRecord, recordFiles } from './record.js';
import { relabel } from './relabel.js';
import { resultOf, storedOf, uploadedObject } from './result.js';
import { readTree, type Tree, type TreeFile } from './tree.js';

export interface UploadRequest {
  /** Absolute path. */
  readonly folder: string;
  readonly destination: Destination;
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Brings a folder to a bucket: a title that mediactl made replaces the one that is there as `encode --to` would; any
 * other tree is added, in the order that its playlists ask for. Gives the final result once all is confirmed.
 */
export async function uploadFolder(request: UploadRequest): Promise<ResultEvent> {
  const began = performance.now();
  const { folder, destination, signal, emit } = request;
  emit({ type: 'stage', stage: 'probe' });
  const local = await readRecord(new LocalStorage(folder));
  const tree = await readTree(folder, signal);
  const there = await destination.storage.snapshot();
  emit({ type: 'stage', stage: 'publish' });
  const elapsed = (): number => (performance.now() - began) / 1000;
  try {
    if (local.kind === 'ours') return await uploadTitle(local.record, tree, { request, there, elapsed });
    return await uploadTree(tree, { request, there, elapsed });
  } catch (error) {
    destination.bucket?.stop(error);
    throw error;
  }
}

interface Work {
  readonly request: UploadRequest;
  readonly there: Snapshot;
  readonly elapsed: () => number;
}

async function uploadTitle(made: TitleRecord, tree: Tree, { request, there, elapsed }: Work): Promise<ResultEvent> {
  const { destination, force, emit, folder } = request;
  const { storage, bucket, keepVersions } = destination;
  const found = new Map(tree.files.map((file) => [file.path, file]));
  const artifacts = made.files.map(({ path, bytes }): Artifact => {
    const file = found.get(path);
    if (file?.bytes === bytes) return { path, bytes, class: classOf(path), file: file.file, crc32c: file.crc32c };
    throw new MediactlError('verify-failed', `the title in ${printable(folder)} is not whole`, {
      reason: `${printable(path)} ${file ? `has ${file.bytes} bytes instead of ${bytes}` : 'is missing'}`,
      hint: 'run the encode again: it makes what is missing',
    });
  });
  const files = recordFiles(artifacts);
  const generations = await Promise.all([MASTER_NAME, RECORD_NAME].map((path) => there.get(path)));
  const present = generations[1] ? await readRecord(storage, generations[1].generation) : ({ kind: 'none' } as const);
  const previous = present.kind === 'ours' ? present.record : null;
  // What the folder keeps of older versions is not part of this one.
  const { kept: _kept, ...title } = made;
  const record: TitleRecord = { ...title, files, ...keptVersions({ artifacts, previous, keepVersions }) };
  if (
    previous &&
    sameFiles(previous, record) &&
    (await isUnchanged(storage, previous, record.planKey, there)).unchanged
  ) {
    await removeLeftovers(storage, previous, there);
    const { stored, changed } = await relabel(storage, await storedOf(destination, previous, there));
    const outcome = changed > 0 ? 'relabelled' : 'unchanged';
    return resultOf({ outcome, destination, record: previous, stored, elapsedSeconds: elapsed() });
  }
  for (const { bytes } of files) bucket?.meter.queued(bytes);
  const receipt = await publish(artifacts, storage, {
    previous,
    record,
    force,
    shared: {
      expected: new Map([
        [MASTER_NAME, generations[0]?.generation ?? null],
        [RECORD_NAME, generations[1]?.generation ?? null],
      ]),
      brought: new Map(),
      // What was brought by an upload that was killed is what is to be brought now.
      knows: (path, crc32c) => crc32c !== null && found.get(path)?.crc32c === crc32c,
      announce: () => Promise.resolve(),
      onStored: ({ bytes }) => bucket?.meter.confirmed(bytes),
    },
  });
  for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
  bucket?.meter.finish();
  const { stored } = receipt;
  return resultOf({ outcome: 'uploaded', destination, record, stored, elapsedSeconds: elapsed() });
}

function sameFiles(a: TitleRecord, b: TitleRecord): boolean {
  const list = ({ files, planKey }: TitleRecord): string =>
    JSON.stringify([planKey, files.map(({ path, crc32c }) => `${path} ${crc32c}`).toSorted()]);
  return list(a) === list(b);
}

async function uploadTree({ files, skipped }: Tree, { request, there, elapsed }: Work): Promise<ResultEvent> {
  const { destination, emit } = request;
  const { storage, bucket, name } = destination;
  const warnings: Warning[] = [];
  if (skipped.length > 0) warnings.push(leftOut(skipped));
  for (const { bytes } of files) bucket?.meter.queued(bytes);
  const onStored = ({ bytes }: Stored): void => bucket?.meter.confirmed(bytes);
  const receipt = await publishTree(files, storage, { there, onStored });
  warnings.push(...receipt.warnings);
  for (const warning of warnings) emit({ type: 'warning', ...warning });
  bucket?.meter.finish();
  const entry = entryOf(files);
  const url = [bucket?.url, ...(entry ?? '').split('/').filter(Boolean).map(encodeURIComponent)].join('/');
  return {
    type: 'result',
    outcome: receipt.published > 0 ? 'uploaded' : 'unchanged',
    status: 'complete',
    output: name,
    playlist: entry === null ? name : `${name}/${entry}`,
    durationSeconds: 0,
    elapsedSeconds: elapsed(),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: [],
    ...(bucket ? { url, objects: receipt.stored.map(uploadedObject) } : {}),
    warnings,
  };
}

/** What a player would open: the multivariant playlist or MPD nearest to the top, else the only playlist. */
function entryOf(files: readonly TreeFile[]): string | null {
  const of = (...kinds: readonly TreeFile['class'][]): string[] =>
    files
      .filter((file) => kinds.includes(file.class))
      .map(({ path }) => path)
      .toSorted((a, b) => a.split('/').length - b.split('/').length);
  const playlists = of('media-playlist', 'live-playlist');
  return of('multivariant-playlist', 'dash-manifest')[0] ?? (playlists.length === 1 ? (playlists[0] ?? null) : null);
}

function leftOut(skipped: readonly string[]): Warning {
  const first = skipped.slice(0, 3).map(printable).join(', ');
  const message = `not uploaded (hidden, a link, or a name that no object can have): ${first}`;
  return { code: 'files-left-out', message, count: skipped.length };
}
