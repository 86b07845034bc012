import { MediactlError } from '../errors.js';
import type { TitleRecord } from '../model/artifact.js';
import type { ResultEvent } from '../model/events.js';
import type { SourceIdentity, Warning } from '../model/media.js';
import { printable } from '../model/text.js';
import type { Snapshot, Stored } from '../storage/storage.js';
import { package_ } from '../stages/package/package.js';
import { identify } from '../stages/probe/identity.js';
import { RECORD_NAME } from '../stages/publish/ownership.js';
import { publish } from '../stages/publish/publish.js';
import { asMediactlError } from '../tools/space.js';
import { damageAmong, endMissing, keptDamage, openDamage } from './damage.js';
import { encodeMissing, findMissing } from './encode-missing.js';
import { openBucketWork } from './bucket-work.js';
import { openJournal, publishedIn } from './journal.js';
import { acquireLock } from './lock.js';
import { type PlannedTitle, planTitle, type TitleRequest } from './plan-title.js';
import { makeRecord } from './make-record.js';
import { isUnchanged, planKey } from './record.js';
import { resultOf } from './result.js';
import { checkSpace } from './preflight.js';
import { prepareStaging, type Staging } from './staging.js';
import { checkPublished, checkStaged, checkUploaded } from './quick-check.js';
import { checkOurs, wasOvertaken } from './present-title.js';
import { startOf } from './start.js';
import { LEDGER_NAME } from './upload-ledger.js';

/**
 * The whole street for one title, to a folder or a bucket: probe → plan → encode → package → check → publish. Gives
 * the final result. A finished, unchanged title is left as it is; an interrupted one goes on at its first missing
 * segment; what stood there before stays playable until the new title replaces it in one step. Segments go to a
 * bucket while the encode goes on.
 */
export async function makeTitle(request: TitleRequest): Promise<ResultEvent> {
  const began = performance.now();
  const { settings, destination } = request;
  const { storage, bucket } = destination;
  const title = await planTitle(request);
  const { plan, output, there } = title;
  const warn = createWarnings(request);
  for (const warning of plan.warnings) warn.add(warning);
  warn.stopIfStrict();

  const before = title.present.kind === 'ours' ? title.present.record : null;
  if (before && !settings.force && (await isUnchanged(storage, before, planKey(plan), there)).unchanged) {
    const stored = bucket ? await storedOf(before, there) : [];
    return resultOf({ outcome: 'unchanged', destination, record: before, stored, elapsedSeconds: since(began) });
  }

  // Whether a title without a record in a bucket is ours, the working folder knows.
  if (!bucket) await checkOurs(storage, title.present, settings.force);

  const staging = await prepareStaging(destination.folder);
  const lock = await acquireLock(staging.folder, {
    command: `mediactl encode ${request.input}`,
    destination: output,
    rivals: staging.rivals,
  });
  const work = { ...request, signal: AbortSignal.any([request.signal, lock.lost]) };
  try {
    if (!(await wasOvertaken(storage, title.present))) {
      const { record, stored } = await makeIn(staging, work, title, before, warn);
      await staging.remove();
      return resultOf({ outcome: 'encoded', destination, record, stored, elapsedSeconds: since(began) });
    }
  } catch (error) {
    // A working folder that another run has taken over is not ours to tidy. What is in a bucket stays known.
    const tidy = (): Promise<void> => (settings.keep ? staging.tidy() : staging.remove([LEDGER_NAME]));
    if (!lock.lost.aborted) await tidy().catch(() => undefined);
    throw asMediactlError(error, staging.folder);
  } finally {
    await lock.release();
    await staging.close();
  }
  // What was planned is about a title that is no more.
  return makeTitle(request);
}

async function makeIn(
  staging: Staging,
  request: TitleRequest,
  title: PlannedTitle,
  before: TitleRecord | null,
  warn: Warnings,
): Promise<{ record: TitleRecord; stored: readonly Stored[] }> {
  const { settings, emit, destination } = request;
  const { plan, output, there } = title;
  const { storage } = destination;
  const renditions = [...(plan.video?.rungs ?? []), ...plan.audio];
  if (!settings.resume) await staging.remove([LEDGER_NAME]);
  await staging.keepOnly(renditions.map(({ id }) => id));

  const { maxStaging } = settings;
  const bucket = await openBucketWork(staging.folder, destination, { there, before, maxStaging });
  const uploader = bucket?.uploader ?? null;
  const signal = uploader ? AbortSignal.any([request.signal, uploader.failed]) : request.signal;
  const journal = openJournal(staging.folder, bucket?.published ?? publishedIn(output));
  try {
    if (bucket) {
      const isOurs = ({ path, crc32c }: Stored): boolean => bucket.ledger.knows(path, crc32c);
      await checkOurs(storage, title.present, settings.force, { there, isOurs });
    }
    const damage = await openDamage(staging.folder, plan.source);
    const missing = await findMissing(plan, journal);
    await checkSpace(plan, missing, staging.folder, bucket ? maxStaging : Infinity);
    emit(startOf(request.input, output, plan, missing));
    emit({ type: 'stage', stage: 'encode' });
    const work = { ...request, ...title, signal, uploader, journal, damage, missing, folder: staging.folder };
    const { length, codecs } = await encodeMissing(work).catch(async (error: unknown) => {
      // A source that was cut short or replaced makes FFmpeg fail in many ways.
      if (!signal.aborted) await checkSameSource(plan.source);
      throw error;
    });
    await checkSameSource(plan.source);
    const lost = [endMissing(plan, length), damage.warning() ?? keptDamage(plan, missing, before)];
    for (const warning of lost) if (warning) warn.add(warning);
    warn.stopIfStrict();

    emit({ type: 'stage', stage: 'package' });
    signal.throwIfAborted();
    const packaged = await package_({ plan, folder: staging.folder, segments: (id) => journal.segments(id), codecs });
    for (const warning of packaged.warnings) warn.add(warning);
    await uploader?.settle();
    const journals = await Promise.all(renditions.map(async ({ id }) => journal.artifact(id)));
    const made = [...journals, ...packaged.artifacts];
    const artifacts = bucket ? await bucket.withChecksums(made) : made;
    emit({ type: 'stage', stage: 'verify' });
    await (bucket ? checkUploaded : checkStaged)(staging.folder, artifacts);

    emit({ type: 'stage', stage: 'publish' });
    signal.throwIfAborted();
    const record = makeRecord({
      ...{ version: request.version, ffmpeg: title.capabilities.version, edition: title.edition, plan },
      ...{ renditions: packaged.renditions, artifacts, warnings: warn.list },
      ...{ previous: before, keepVersions: destination.keepVersions },
    });
    const receipt = await publish(artifacts, storage, {
      ...{ previous: before, record, force: settings.force, shared: bucket?.shared ?? null },
    });
    for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
    if (!bucket) await checkPublished(output);
    destination.bucket?.meter.finish();
    return { record, stored: receipt.stored };
  } catch (error) {
    // Nothing more is sent for a run that has failed.
    destination.bucket?.stop(error);
    throw error;
  } finally {
    await bucket?.close();
    await journal.close();
  }
}

/** The objects of a title that is there, its record included. */
async function storedOf(record: TitleRecord, there: Snapshot): Promise<Stored[]> {
  const paths = [...record.files.map(({ path }) => path), RECORD_NAME];
  const found = await Promise.all(paths.map((path) => there.get(path)));
  return found.filter((stored) => stored !== null);
}

interface Warnings {
  readonly list: readonly Warning[];
  add(warning: Warning): void;
  /** With --strict, lost media is an error. */
  stopIfStrict(): void;
}

function createWarnings({ settings, emit }: TitleRequest): Warnings {
  const list: Warning[] = [];
  return {
    list,
    add(warning) {
      list.push(warning);
      emit({ type: 'warning', ...warning });
    },
    stopIfStrict() {
      const lost = damageAmong(list);
      if (!settings.strict || lost.length === 0) return;
      throw new MediactlError('strict-warnings', 'the source is damaged and --strict was given', {
        reason: lost.map(({ message }) => message).join('; '),
        hint: 'get a whole copy of the source, or run without --strict to keep what can be decoded',
      });
    },
  };
}

/** Throws `source-changed` when the file is no longer the one that was probed. */
async function checkSameSource(source: SourceIdentity): Promise<void> {
  const now = await identify(source.absolutePath).catch(() => null);
  if (now?.fingerprint === source.fingerprint && now.modifiedMs === source.modifiedMs) return;
  throw new MediactlError('source-changed', `${printable(source.path)} changed while it was encoded`, {
    reason: 'its size, time or content is not what it was at the start',
    hint: 'wait until nothing writes to it any more, then run the same command again',
  });
}

function since(began: number): number {
  return (performance.now() - began) / 1000;
}
