import { MediactlError } from '../errors.js';
import type { TitleRecord } from '../model/artifact.js';
import type { TrackAccount } from '../model/track-account.js';
import { packageTitle } from '../stages/package/package.js';
import { publish } from '../stages/publish/publish.js';
import type { Listing } from '../storage/listing.js';
import type { Delivery } from './delivery/delivery.js';
import { LEDGER_NAME } from './delivery/upload-ledger.js';
import { NamesTaken } from './delivery/uploader.js';
import { accountOfTitle } from './encoding/account.js';
import { checkSpace } from './encoding/check-space.js';
import { endMissing, keptDamage, openDamage } from './encoding/damage.js';
import { encodeMissing, type Encoded } from './encoding/encode-missing.js';
import { findMissing, secondsKept } from './encoding/missing.js';
import { startEvent } from './encoding/start-event.js';
import type { Warnings } from './encoding/warnings.js';
import type { PlannedTitle, TitleRequest } from './plan-title.js';
import { makeRecord } from './record/make-record.js';
import type { RunContext } from './run-context.js';
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
 * The street of one title from its plan on, in a working folder that is this run's alone: encode → package → check →
 * publish. What earlier runs have finished is not made again. Segments go to a bucket while the encode goes on.
 */
export async function walkStreet(
  request: TitleRequest,
  run: RunContext,
  title: PlannedTitle,
  { staging, warn }: { readonly staging: Staging; readonly warn: Warnings },
): Promise<PublishedTitle> {
  const folder = await openWork(request, run, title, { staging, warn });
  try {
    const encoded = await encodeAndCheckLoss(request, title, folder);
    return await packageCheckPublish(request, title, folder, encoded);
  } catch (error) {
    folder.delivery.stop(error);
    if (isKept(request, error)) await tellKept(title, folder, run).catch(() => undefined);
    throw error;
  } finally {
    await request.source.release();
    await folder.delivery.close();
    await folder.journal.close();
  }
}

/** What is there is of use to the next run, and this one begins nothing again by itself. */
function isKept({ work, source }: TitleRequest, error: unknown): boolean {
  const isTaken = error instanceof MediactlError && (error.code === 'output-busy' || error instanceof NamesTaken);
  return work.keep && !source.hasWrongBytes && !isTaken;
}

async function tellKept({ plan }: PlannedTitle, { path, journal }: WorkFolder, { emit }: RunContext): Promise<void> {
  const bytes = await bytesIn(path);
  if (bytes === 0) return;
  const seconds = await secondsKept(plan, journal);
  emit({ type: 'kept', folder: path, bytes, seconds, expectedSeconds: plan.timeline.expectedSeconds });
}

/** The working folder of a title, opened: what is finished in it, and the way from there to the destination. */
interface WorkFolder {
  readonly path: string;
  readonly delivery: Delivery;
  readonly journal: Journal;
  /** Its signal also aborts when something could not be delivered. */
  readonly run: RunContext;
  /** The title that is there now. */
  readonly before: TitleRecord | null;
  /** An earlier run has begun the title. */
  readonly resumed: boolean;
  readonly warn: Warnings;
}

async function openWork(
  { work, destination }: TitleRequest,
  run: RunContext,
  { plan, schedule, present, snapshot }: PlannedTitle,
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
    chunksAtOnce: schedule.chunksAtOnce,
    othersBegun: await staging.othersBegun(ids),
  });
  const journal = openJournal(path, delivery.published);
  const signal = AbortSignal.any([run.signal, delivery.failed]);
  return { path, delivery, journal, run: { ...run, signal }, before, resumed, warn };
}

interface Accounted extends Encoded {
  readonly account: readonly TrackAccount[];
}

/** Throws what the source did wrong rather than what FFmpeg made of it; with --strict, when something was lost. */
async function encodeAndCheckLoss(
  request: TitleRequest,
  title: PlannedTitle,
  { path: folder, journal, delivery, run, before, resumed, warn }: WorkFolder,
): Promise<Accounted> {
  const { source } = request;
  const { signal, emit } = run;
  const { plan, schedule, output } = title;
  const damage = await openDamage(folder, plan.source);
  const missing = await findMissing(plan, journal);
  await source.prepare(folder, plan, schedule);
  await checkSpace(plan, missing, folder, delivery.stagedBytes);
  emit(startEvent({ input: source.name, output, plan, missing, resumed }));
  emit({ type: 'stage', stage: 'encode' });
  const { address } = source;
  const work = { path: folder, journal, delivery, damage, address, stallSeconds: request.work.stallTimeout };
  const encoded = await encodeMissing(title, missing, work, run).catch(async (error: unknown) => {
    // A source that was cut short or replaced makes FFmpeg fail in many ways.
    if (!signal.aborted) await source.check(error);
    throw error;
  });
  await source.check();
  const lost = [endMissing(plan, encoded.length), damage.warning() ?? keptDamage(plan, missing, before)];
  const account = accountOfTitle(plan, title.media, encoded.made, lost[0] !== null);
  for (const warning of [...lost, ...account.warnings]) if (warning) warn.add(warning);
  warn.stopIfStrict();
  return { ...encoded, account: account.tracks };
}

/** Nothing that a player opens is there before all of the title has passed its check. */
async function packageCheckPublish(
  { work, destination }: TitleRequest,
  { plan, edition, capabilities }: PlannedTitle,
  { path: folder, journal, delivery, run, before, warn }: WorkFolder,
  encoded: Accounted,
): Promise<PublishedTitle> {
  const { signal, emit } = run;
  emit({ type: 'stage', stage: 'package' });
  signal.throwIfAborted();
  const segments = (id: string): ReturnType<Journal['segments']> => journal.segments(id);
  const packaged = await packageTitle({ plan, folder, segments, codecs: encoded.codecs });
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
    ffmpeg: capabilities.version,
    edition,
    plan,
    renditions: packaged.renditions,
    artifacts: artifacts.files,
    account: encoded.account,
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
