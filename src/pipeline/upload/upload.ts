import type { TitleRecord } from '../../model/artifact.js';
import type { Emit, ResultEvent, Transfer } from '../../model/events.js';
import type { Warning } from '../../model/media.js';
import { publishTree } from '../../stages/publish/publish-tree.js';
import { publish } from '../../stages/publish/publish.js';
import { relabel } from '../../stages/publish/relabel.js';
import { removeLeftovers } from '../../stages/publish/remove-obsolete.js';
import { LocalStorage } from '../../storage/local.js';
import type { Snapshot, Stored } from '../../storage/storage.js';
import type { Place } from '../delivery/place.js';
import { checkSameSource } from '../delivery/replaceable.js';
import { resultOf } from '../delivery/result.js';
import type { UploadLedger } from '../delivery/upload-ledger.js';
import { classesOf, readRecord } from '../record/record.js';
import { checkNothingLost, leftOutWarnings } from './left-out-files.js';
import { prepareUpload } from './prepare-upload.js';
import { readTree, type Tree, type TreeFile } from './tree.js';
import type { UploadWork } from './upload-work.js';

export interface UploadRequest {
  /** Absolute path. */
  readonly folder: string;
  readonly destination: Place;
  /** A title that was made from another source. */
  readonly replace: boolean;
  readonly force: boolean;
  /** Nothing is uploaded when something of a folder cannot be. */
  readonly strict: boolean;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/**
 * Brings a folder to a bucket: a title that mediactl made replaces the one that is there as `encode --to` would; any
 * other tree is added, in the order that its playlists ask for. Gives the final result once all is confirmed.
 */
export async function uploadFolder(request: UploadRequest, work: UploadWork): Promise<ResultEvent> {
  const began = performance.now();
  const { folder, destination, signal, emit } = request;
  for (const warning of work.warnings) emit({ type: 'warning', ...warning });
  emit({ type: 'stage', stage: 'probe' });
  const local = await readRecord(new LocalStorage(folder));
  const found = local.kind === 'ours' ? { tree: null, record: local.record } : { tree: await readTree(folder, signal) };
  if (found.tree && request.strict) checkNothingLost(folder, found.tree);
  const snapshot = await destination.storage.snapshot();
  emit({ type: 'stage', stage: 'publish' });
  const elapsed = (): number => (performance.now() - began) / 1000;
  try {
    const context = { request, ledger: work.ledger, snapshot, elapsed };
    const result =
      found.tree === null ? await uploadTitle(found.record, context) : await uploadTree(found.tree, context);
    await work.finish(found.tree === null);
    return result;
  } catch (error) {
    destination.stop(error);
    throw error;
  }
}

interface Context {
  readonly request: UploadRequest;
  readonly ledger: UploadLedger | null;
  readonly snapshot: Snapshot;
  readonly elapsed: () => number;
}

async function uploadTitle(made: TitleRecord, context: Context): Promise<ResultEvent> {
  const { request, ledger, snapshot, elapsed } = context;
  const { destination, replace, force, emit, folder } = request;
  const { storage, meter } = destination;
  const prepared = await prepareUpload(made, { folder, destination, snapshot, signal: request.signal, ledger });
  const { artifacts, record, previous, isThere, shared } = prepared;
  if (previous && isThere) {
    await removeLeftovers(storage, previous, snapshot, ledger?.all());
    const stored = await destination.objectsOf(previous, snapshot);
    const changed = stored ? await relabel(storage, stored, classesOf(previous)) : 0;
    const outcome = changed > 0 ? 'relabelled' : 'unchanged';
    return resultOf({ outcome, destination, record: previous, stored, elapsedSeconds: elapsed() });
  }
  if (previous && !replace) checkSameSource(destination.name, previous, record.source);
  for (const { bytes } of artifacts.files) meter.queued(bytes);
  for await (const { bytes } of artifacts.segments()) meter.queued(bytes);
  const onStored = ({ bytes }: Stored): void => meter.confirmed(bytes);
  const receipt = await publish(artifacts, storage, { previous, record, force, shared: { ...shared, onStored } });
  for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
  meter.finish();
  const { stored } = receipt;
  return resultOf({ outcome: 'uploaded', destination, record, stored, elapsedSeconds: elapsed() });
}

async function uploadTree(tree: Tree, { request, snapshot, elapsed }: Context): Promise<ResultEvent> {
  const { destination, emit } = request;
  const { files } = tree;
  const { storage, meter, name } = destination;
  const warnings: Warning[] = leftOutWarnings(tree);
  for (const { bytes } of files) meter.queued(bytes);
  const onStored = ({ bytes }: Stored): void => meter.confirmed(bytes);
  const receipt = await publishTree(files, storage, { snapshot, onStored, signal: request.signal });
  warnings.push(...receipt.warnings);
  for (const warning of warnings) emit({ type: 'warning', ...warning });
  meter.finish();
  const { playlist, ...addresses } = destination.addressesOf(entryOf(files), receipt.stored);
  return {
    type: 'result',
    outcome: outcomeOf(meter.done()),
    status: 'complete',
    output: name,
    playlist,
    durationSeconds: 0,
    elapsedSeconds: elapsed(),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    renditions: [],
    ...addresses,
    account: [],
    leftOut: [],
    warnings,
  };
}

function outcomeOf({ sent, patched }: Pick<Transfer, 'sent' | 'patched'>): ResultEvent['outcome'] {
  if (sent.objects > 0) return 'uploaded';
  return patched.objects > 0 ? 'relabelled' : 'unchanged';
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
