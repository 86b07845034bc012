import { MediactlError } from '../errors.js';
import type { TitleRecord } from '../model/artifact.js';
import type { ResultEvent } from '../model/events.js';
import type { SourceIdentity, Warning } from '../model/media.js';
import { printable } from '../model/text.js';
import { LocalStorage } from '../storage/local.js';
import type { Storage } from '../storage/storage.js';
import { package_ } from '../stages/package/package.js';
import { identify } from '../stages/probe/identity.js';
import { publish } from '../stages/publish/publish.js';
import { asMediactlError } from '../tools/space.js';
import { damageAmong, endMissing, keptDamage, openDamage } from './damage.js';
import { encodeMissing, findMissing } from './encode-missing.js';
import { openJournal } from './journal.js';
import { acquireLock } from './lock.js';
import { type PlannedTitle, planTitle, type TitleRequest } from './plan-title.js';
import { makeRecord } from './make-record.js';
import { isUnchanged, planKey } from './record.js';
import { resultOf } from './result.js';
import { checkSpace } from './preflight.js';
import { prepareStaging, type Staging } from './staging.js';
import { checkPublished, checkStaged } from './quick-check.js';
import { checkOurs, wasOvertaken } from './present-title.js';
import { startOf } from './start.js';

/**
 * The whole street for one title in a local folder: probe → plan → encode → package → check → publish. Gives the
 * final result. A finished, unchanged title is left as it is; an interrupted one goes on at its first missing
 * segment; what stood in the folder before stays playable until the new title replaces it in one step.
 */
export async function makeTitle(request: TitleRequest): Promise<ResultEvent> {
  const began = performance.now();
  const { settings } = request;
  const title = await planTitle(request);
  const { plan, output } = title;
  const warn = createWarnings(request);
  for (const warning of plan.warnings) warn.add(warning);
  warn.stopIfStrict();

  const storage = new LocalStorage(output);
  const before = title.present.kind === 'ours' ? title.present.record : null;
  if (before && !settings.force && (await isUnchanged(storage, before, planKey(plan))).unchanged) {
    return resultOf({ outcome: 'unchanged', output, record: before, elapsedSeconds: since(began) });
  }

  await checkOurs(storage, title.present, settings.force);

  const staging = await prepareStaging(output);
  const lock = await acquireLock(staging.folder, {
    command: `mediactl encode ${request.input}`,
    destination: output,
    rivals: staging.rivals,
  });
  const work = { ...request, signal: AbortSignal.any([request.signal, lock.lost]) };
  try {
    if (!(await wasOvertaken(storage, title.present))) {
      const record = await makeIn(staging, work, title, { storage, before }, warn);
      await staging.remove();
      return resultOf({ outcome: 'encoded', output, record, elapsedSeconds: since(began) });
    }
  } catch (error) {
    // A working folder that another run has taken over is not ours to tidy.
    if (!lock.lost.aborted) await (settings.keep ? staging.tidy() : staging.remove()).catch(() => undefined);
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
  { storage, before }: { readonly storage: Storage; readonly before: TitleRecord | null },
  warn: Warnings,
): Promise<TitleRecord> {
  const { settings, signal, emit } = request;
  const { plan, output } = title;
  const renditions = [...(plan.video?.rungs ?? []), ...plan.audio];
  if (!settings.resume) await staging.remove();
  await staging.keepOnly(renditions.map(({ id }) => id));

  const journal = openJournal(staging.folder, output);
  try {
    const damage = await openDamage(staging.folder, plan.source);
    const missing = await findMissing(plan, journal);
    await checkSpace(plan, missing, staging.folder);
    emit(startOf(request.input, output, plan, missing));
    emit({ type: 'stage', stage: 'encode' });
    const work = { ...request, ...title, journal, damage, missing, folder: staging.folder };
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
    const journals = await Promise.all(renditions.map(async ({ id }) => journal.artifact(id)));
    const artifacts = [...journals, ...packaged.artifacts];
    emit({ type: 'stage', stage: 'verify' });
    await checkStaged(staging.folder, artifacts);

    emit({ type: 'stage', stage: 'publish' });
    signal.throwIfAborted();
    const record = makeRecord({
      ...{ version: request.version, ffmpeg: title.capabilities.version, edition: title.edition, plan },
      ...{ renditions: packaged.renditions, artifacts, warnings: warn.list },
    });
    const receipt = await publish(artifacts, storage, { previous: before, record, force: settings.force });
    for (const warning of receipt.warnings) emit({ type: 'warning', ...warning });
    await checkPublished(output);
    return record;
  } finally {
    await journal.close();
  }
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
