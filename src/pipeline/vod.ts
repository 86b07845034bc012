import { asWriteError } from '../errors/disk.js';
import type { TitleRecord } from '../model/artifact.js';
import type { ResultEvent } from '../model/events.js';
import { packageTitle } from '../stages/package/package.js';
import { publish } from '../stages/publish/publish.js';
import { relabel } from '../stages/publish/relabel.js';
import { removeLeftovers } from '../stages/publish/remove-obsolete.js';
import type { Stored } from '../storage/storage.js';
import { checkOurs, wasOvertaken } from './delivery/replaceable.js';
import { resultOf } from './delivery/result.js';
import { LEDGER_NAME } from './delivery/upload-ledger.js';
import { checkSpace } from './encoding/check-space.js';
import { endMissing, keptDamage, openDamage } from './encoding/damage.js';
import { encodeMissing } from './encoding/encode-missing.js';
import { findMissing } from './encoding/missing.js';
import { startEvent } from './encoding/start-event.js';
import { createWarnings, type Warnings } from './encoding/warnings.js';
import { planTitle, type PlannedTitle, type TitleRequest } from './plan-title.js';
import { makeRecord } from './record/make-record.js';
import { classesOf, isUnchanged, planKey } from './record/record.js';
import type { RunContext } from './run-context.js';
import { openJournal } from './work/journal.js';
import { acquireLock } from './work/lock.js';
import { prepareStaging, type Staging } from './work/staging.js';

/**
 * The whole street for one title, to a folder or a bucket: probe → plan → encode → package → check → publish. Gives
 * the final result. A finished, unchanged title is left as it is; an interrupted one goes on at its first missing
 * segment; what stood there before stays playable until the new title replaces it in one step. Segments go to a
 * bucket while the encode goes on.
 */
export async function makeTitle(request: TitleRequest, run: RunContext): Promise<ResultEvent> {
  const began = performance.now();
  const { job, work, source, destination } = request;
  const { storage } = destination;
  const title = await planTitle(request, run);
  const { plan, output, there } = title;
  const warn = createWarnings(job.title.strict, run.emit);
  for (const warning of plan.warnings) warn.add(warning);
  warn.stopIfStrict();

  const before = title.present.kind === 'ours' ? title.present.record : null;
  if (before && !work.force && (await isUnchanged(storage, before, planKey(plan), there)).unchanged) {
    await removeLeftovers(storage, before, there);
    const { stored, changed } = await relabel(storage, await destination.objectsOf(before, there), classesOf(before));
    const outcome = changed > 0 ? 'relabelled' : 'unchanged';
    return resultOf({ outcome, destination, record: before, stored, elapsedSeconds: since(began) });
  }

  const staging = await prepareStaging(destination.folder);
  const lock = await acquireLock(staging.folder, {
    command: `mediactl encode ${source.name}`,
    destination: output,
    rivals: staging.rivals,
  });
  const inside = { ...run, signal: AbortSignal.any([run.signal, source.failed, lock.lost]) };
  try {
    if (!(await wasOvertaken(storage, title.present))) {
      // Only now does what was read say what is there: another run may have published while the source was probed.
      await checkOurs(destination, title, work.force);
      const { record, stored } = await makeIn(staging, request, inside, title, before, warn);
      await staging.remove();
      return resultOf({ outcome: 'encoded', destination, record, stored, elapsedSeconds: since(began) });
    }
  } catch (error) {
    const isOfUse = work.keep && !source.hasWrongBytes;
    // A working folder that another run has taken over is not ours to clean up. What is in a bucket stays known.
    const cleanUp = (): Promise<void> => (isOfUse ? staging.removeEmptyFolders() : staging.remove([LEDGER_NAME]));
    if (!lock.lost.aborted) await cleanUp().catch(() => undefined);
    throw asWriteError(error, staging.folder);
  } finally {
    await lock.release();
    await staging.close();
  }
  // What was planned is about a title that is no more.
  return makeTitle(request, run);
}

async function makeIn(
  staging: Staging,
  request: TitleRequest,
  run: RunContext,
  title: PlannedTitle,
  before: TitleRecord | null,
  warn: Warnings,
): Promise<{ record: TitleRecord; stored: readonly Stored[] }> {
  const { work, source, destination } = request;
  const { emit } = run;
  const { plan, schedule, output, there } = title;
  const { folder } = staging;
  if (!work.resume) await staging.remove([LEDGER_NAME]);
  await staging.keepOnly(plan.renditions.map(({ id }) => id));

  const delivery = await destination.openDelivery(folder, { there, before, maxStaging: work.maxStaging });
  const signal = AbortSignal.any([run.signal, delivery.failed]);
  const journal = openJournal(folder, delivery.published);
  try {
    const damage = await openDamage(folder, plan.source);
    const missing = await findMissing(plan, schedule, journal);
    await source.prepare(folder, plan, schedule);
    await checkSpace(plan, missing, folder, delivery.stagedBytes);
    emit(startEvent(source.name, output, plan, missing));
    emit({ type: 'stage', stage: 'encode' });
    const encoding = { ...request, ...title, ...run, signal, delivery, journal, damage, missing, folder };
    const { length, codecs } = await encodeMissing(encoding).catch(async (error: unknown) => {
      // A source that was cut short or replaced makes FFmpeg fail in many ways.
      if (!signal.aborted) await source.check(error);
      throw error;
    });
    await source.check();
    const lost = [endMissing(plan, length), damage.warning() ?? keptDamage(plan, missing, before)];
    for (const warning of lost) if (warning) warn.add(warning);
    warn.stopIfStrict();

    emit({ type: 'stage', stage: 'package' });
    signal.throwIfAborted();
    const packaged = await packageTitle({ plan, folder, segments: (id) => journal.segments(id), codecs });
    for (const warning of packaged.warnings) warn.add(warning);
    await delivery.settle();
    const journals = await Promise.all(plan.renditions.map(async ({ id }) => journal.artifact(id)));
    emit({ type: 'stage', stage: 'verify' });
    const artifacts = await delivery.check([...journals, ...packaged.artifacts]);

    emit({ type: 'stage', stage: 'publish' });
    signal.throwIfAborted();
    const record = makeRecord({
      version: run.version,
      ffmpeg: title.capabilities.version,
      edition: title.edition,
      plan,
      renditions: packaged.renditions,
      artifacts,
      warnings: warn.list,
      previous: before,
      keepVersions: destination.keepVersions,
    });
    const { shared } = delivery;
    const receipt = await publish(artifacts, destination.storage, {
      previous: before,
      record,
      force: work.force,
      shared,
    });
    for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
    await delivery.checkPublished();
    return { record, stored: receipt.stored };
  } catch (error) {
    delivery.stop(error);
    throw error;
  } finally {
    await source.release();
    await delivery.close();
    await journal.close();
  }
}

function since(began: number): number {
  return (performance.now() - began) / 1000;
}
