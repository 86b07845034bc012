import { asWriteError } from '../errors/disk.js';
import type { TitleRecord } from '../model/artifact.js';
import type { Emit, ResultEvent } from '../model/events.js';
import { printable } from '../model/text.js';
import { relabel } from '../stages/publish/relabel.js';
import { removeLeftovers } from '../stages/publish/remove-obsolete.js';
import type { Listing } from '../storage/listing.js';
import type { RunContext } from '../tools/run-context.js';
import type { Place } from './delivery/place.js';
import { checkReplaceable, lostRenditions, wasOvertaken } from './delivery/replaceable.js';
import { resultOf } from './delivery/result.js';
import { LEDGER_NAME } from './delivery/upload-ledger.js';
import { NamesTaken } from './delivery/uploader.js';
import { createWarnings, type Warnings } from './encoding/warnings.js';
import { classesOf, isUnchanged, planKey } from './record/record.js';
import type { DecidedTitle, MakeRequest } from './title-maker.js';
import { walkStreet } from './vod.js';
import { bytesIn } from './work/leftovers.js';
import { acquireLock } from './work/lock.js';
import { prepareStaging, type Staging } from './work/staging.js';

export interface MakeTitleRequest<T extends DecidedTitle> extends Omit<MakeRequest<T>, 'destination'> {
  /** Each attempt opens the destination anew: one that was stopped sends nothing more. */
  readonly openDestination: () => Promise<Place>;
}

export interface MadeTitle {
  readonly result: ResultEvent;
  readonly destination: Place;
}

/**
 * Makes one title in a folder or a bucket. A finished, unchanged title is left as it is; of an interrupted one
 * the whole chunks stay; what stood there before stays playable until the new title replaces it in one step.
 * Begins again where what it had planned is about a title that is no more, and once where another run has taken its
 * names. Throws what the stages throw.
 */
export async function makeTitle<T extends DecidedTitle>(
  request: MakeTitleRequest<T>,
  run: RunContext,
): Promise<MadeTitle> {
  const { openDestination, ...wanted } = request;
  const began = performance.now();
  for (let namesTaken = false; ;) {
    const destination = await openDestination();
    const attempt = await attemptTitle({ ...wanted, destination }, run);
    if ('again' in attempt) {
      if (attempt.again === 'overtaken') continue;
      if (namesTaken) throw attempt.error;
      namesTaken = true;
      run.emit({ type: 'warning', code: 'names-taken', message: NAMES_TAKEN });
      continue;
    }
    const elapsedSeconds = (performance.now() - began) / 1000;
    return { result: resultOf({ ...attempt, destination, elapsedSeconds }), destination };
  }
}

// Two that begin at once meet each other's segments: both would give up. The master playlist decides.
const NAMES_TAKEN = 'another run is making the same version of the title: starting again with other names';

type Attempt = Made | Again;

interface Made {
  readonly outcome: 'encoded' | 'packaged' | 'relabelled' | 'unchanged';
  readonly record: TitleRecord;
  readonly stored: Listing | null;
}

/** `overtaken`: someone else published since this one looked; `names-taken`: another run makes the same version. */
type Again = { readonly again: 'overtaken' } | { readonly again: 'names-taken'; readonly error: NamesTaken };

async function attemptTitle<T extends DecidedTitle>(request: MakeRequest<T>, run: RunContext): Promise<Attempt> {
  const title = await request.maker.plan(request.destination, run);
  const warn = createWarnings(request.strict, run.emit);
  for (const warning of title.plan.warnings) warn.add(warning);
  warn.stopIfStrict();

  if (!request.work.force) {
    const made = await unchangedTitle(title, request.destination, warn, run.emit);
    if (made) return made;
  }
  return makeAlone(request, run, title, warn);
}

/** What other runs had begun, for other renditions, is theirs: it stays, and is not forgotten. */
async function tellOthers({ folder }: Staging, emit: Emit): Promise<void> {
  emit({ type: 'kept', folder, bytes: await bytesIn(folder), seconds: null, expectedSeconds: null });
}

/** Not a matter of the title that is made, so that its record has nothing of it. */
function warnOfLostRenditions({ plan, present, output }: DecidedTitle, emit: Emit): void {
  const lost = lostRenditions({ present }, plan.renditions);
  if (lost.length === 0) return;
  const names = lost.map(printable).join(', ');
  const message = `${printable(output)} will lose renditions of the existing title: ${names}`;
  emit({ type: 'warning', code: 'renditions-lost', message, count: lost.length });
}

/** Why a title is made again though nothing of it was to change. */
function warnOfIncomplete(output: string, because: string, emit: Emit): void {
  const message = `${printable(output)} is incomplete (${because}): what is missing is made again`;
  emit({ type: 'warning', code: 'title-incomplete', message });
}

/**
 * Where the title that is there is what was planned: brings its headers up to date, and removes what is left over.
 * Throws MediactlError strict-warnings when it was damaged when it was made, and that is not wanted.
 */
async function unchangedTitle(
  { plan, present, snapshot, output }: DecidedTitle,
  destination: Place,
  warn: Warnings,
  emit: Emit,
): Promise<Made | null> {
  const { storage } = destination;
  if (present.kind !== 'ours') return null;
  const { record } = present;
  const key = planKey(plan);
  const compared = await isUnchanged(storage, record, key, snapshot);
  if (!compared.unchanged) {
    if (record.planKey === key) warnOfIncomplete(output, compared.because, emit);
    return null;
  }
  warn.stopIfStrict(record);
  await removeLeftovers(storage, record, snapshot);
  const stored = await destination.objectsOf(record, snapshot);
  const changed = stored ? await relabel(storage, stored, classesOf(record)) : 0;
  return { outcome: changed > 0 ? 'relabelled' : 'unchanged', record, stored };
}

/** Under the lock of the working folder. What is there is looked at again: the probe may have taken long. */
async function makeAlone<T extends DecidedTitle>(
  request: MakeRequest<T>,
  run: RunContext,
  title: T,
  warn: Warnings,
): Promise<Attempt> {
  const { work, maker, destination } = request;
  const staging = await prepareStaging(destination.folder);
  const lock = await acquireLock(staging.folder, {
    command: maker.command,
    destination: title.output,
    rivals: staging.rivals,
  });
  const signal = AbortSignal.any([run.signal, maker.failed, lock.lost]);
  const ids = title.plan.renditions.map(({ id }) => id);
  try {
    if (await wasOvertaken(destination.storage, title.present)) return { again: 'overtaken' };
    await checkReplaceable(destination, title, { source: title.plan.source, replace: work.replace, force: work.force });
    warnOfLostRenditions(title, run.emit);
    const made = await walkStreet(request, { ...run, signal }, title, { staging, warn });
    if (await staging.removeWork(ids)) await tellOthers(staging, run.emit);
    return { outcome: maker.outcome, record: made.record, stored: made.stored };
  } catch (error) {
    // Under names that another run has taken nothing goes on.
    const isOfUse = work.keep && !maker.hasWrongBytes && !(error instanceof NamesTaken);
    // A working folder that another run has taken over is not ours to clean up. What is in a bucket stays known.
    const cleanUp = (): Promise<void> =>
      isOfUse ? staging.removeEmptyFolders() : staging.removeWork(ids, [LEDGER_NAME]).then(() => undefined);
    if (!lock.lost.aborted) await cleanUp().catch(() => undefined);
    if (error instanceof NamesTaken) return { again: 'names-taken', error };
    throw asWriteError(error, staging.folder);
  } finally {
    await lock.release();
    await staging.close();
  }
}
