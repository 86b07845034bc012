import { MediactlError } from '../errors.js';
import type { TitleRecord } from '../model/artifact.js';
import { packageTitle } from '../stages/package/package.js';
import { publish } from '../stages/publish/publish.js';
import type { Listing } from '../storage/listing.js';
import type { RunContext } from '../tools/run-context.js';
import { LEDGER_NAME } from './delivery/upload-ledger.js';
import { NamesTaken } from './delivery/uploader.js';
import { secondsKept } from './encoding/missing.js';
import type { Warnings } from './encoding/warnings.js';
import { makeRecord } from './record/make-record.js';
import type { DecidedTitle, MadeSegments, MakeRequest, WorkFolder } from './title-maker.js';
import { initArtifacts } from './work/init-artifacts.js';
import { openJournal, type Journal } from './work/journal.js';
import { bytesIn } from './work/leftovers.js';
import { segmentArtifacts } from './work/segment-artifacts.js';
import type { Staging } from './work/staging.js';

export interface PublishedTitle {
  readonly record: TitleRecord;
  /** Where files are told of one by one (a bucket): all of them. */
  readonly stored: Listing | null;
}

/**
 * The street of one title from its plan on, in a working folder that is this run's alone: segments → package → check →
 * publish. What earlier runs have finished is not made again. Segments go to a bucket while others are made.
 */
export async function walkStreet<T extends DecidedTitle>(
  request: MakeRequest<T>,
  run: RunContext,
  title: T,
  { staging, warn }: { readonly staging: Staging; readonly warn: Warnings },
): Promise<PublishedTitle> {
  const folder = await openWork(request, run, title, { staging, warn });
  try {
    const made = await request.maker.make(title, folder);
    return await packageCheckPublish(request, title, folder, made);
  } catch (error) {
    folder.delivery.stop(error);
    if (isKept(request, error)) await tellKept(title, folder, run).catch(() => undefined);
    throw error;
  } finally {
    await request.maker.release();
    await folder.delivery.close();
    await folder.journal.close();
  }
}

/** What is there is of use to the next run, and this one begins nothing again by itself. */
function isKept<T extends DecidedTitle>({ work, maker }: MakeRequest<T>, error: unknown): boolean {
  const isTaken = error instanceof MediactlError && (error.code === 'output-busy' || error instanceof NamesTaken);
  return work.keep && !maker.hasWrongBytes && !isTaken;
}

async function tellKept({ plan }: DecidedTitle, { path, journal }: WorkFolder, { emit }: RunContext): Promise<void> {
  const bytes = await bytesIn(path);
  if (bytes === 0) return;
  const seconds = await secondsKept(plan, journal);
  emit({ type: 'kept', folder: path, bytes, seconds, expectedSeconds: plan.timeline.expectedSeconds });
}

async function openWork<T extends DecidedTitle>(
  { work, destination }: MakeRequest<T>,
  run: RunContext,
  { plan, chunksAtOnce, present, snapshot }: T,
  { staging, warn }: { readonly staging: Staging; readonly warn: Warnings },
): Promise<WorkFolder> {
  if (!work.resume) await staging.remove([LEDGER_NAME]);
  const ids = plan.renditions.map(({ id }) => id);
  const resumed = await staging.hasBegun(ids);
  const before = present.kind === 'ours' ? present.record : null;
  const { folder: path } = staging;
  const { maxStaging } = work;
  const delivery = await destination.openDelivery(path, {
    snapshot,
    before,
    maxStaging,
    chunksAtOnce,
    othersBegun: await staging.othersBegun(ids),
  });
  const journal = openJournal(path, delivery.published);
  const signal = AbortSignal.any([run.signal, delivery.failed]);
  return { path, delivery, journal, run: { ...run, signal }, before, resumed, warn };
}

/** Nothing that a player opens is there before all of the title has passed its check. */
async function packageCheckPublish<T extends DecidedTitle>(
  { work, destination }: MakeRequest<T>,
  { plan, edition, ffmpeg, packagedFrom }: T,
  { path: folder, journal, delivery, run, before, warn }: WorkFolder,
  made: MadeSegments,
): Promise<PublishedTitle> {
  const { signal, emit } = run;
  emit({ type: 'stage', stage: 'package' });
  signal.throwIfAborted();
  const segments = (id: string): ReturnType<Journal['segments']> => journal.segments(id);
  const packaged = await packageTitle({ plan, folder, segments, codecs: made.codecs });
  for (const warning of packaged.warnings) warn.add(warning);
  await delivery.settle();
  const inits = await initArtifacts(plan, folder);
  const journals = await Promise.all(plan.renditions.map(async ({ id }) => journal.artifact(id)));
  emit({ type: 'stage', stage: 'verify' });
  const artifacts = await delivery.check({
    files: [...inits, ...journals, ...packaged.manifests],
    segments: () => segmentArtifacts(plan, journal, folder),
  });

  emit({ type: 'stage', stage: 'publish' });
  signal.throwIfAborted();
  const record = makeRecord({
    version: run.version,
    ffmpeg,
    edition,
    plan,
    renditions: packaged.renditions,
    artifacts: artifacts.files,
    account: made.account,
    packagedFrom,
    warnings: warn.list,
    previous: before,
    keepVersions: destination.keepVersions,
  });
  const { storage } = destination;
  const { shared } = delivery;
  const receipt = await publish(artifacts, storage, { previous: before, record, force: work.force, shared });
  for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
  await delivery.checkPublished();
  return { record, stored: receipt.stored };
}
