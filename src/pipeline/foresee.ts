import { MediactlError } from '../errors.js';
import type { Outlook } from '../model/outlook.js';
import { checkReplaceable, lostRenditions } from './delivery/replaceable.js';
import { checkSpace } from './encoding/check-space.js';
import { secondsKept } from './encoding/missing.js';
import { createWarnings } from './encoding/warnings.js';
import type { PlannedTitle, TitleRequest } from './plan-title.js';
import { sourceName } from './record/public-source.js';
import { isUnchanged, planKey } from './record/record.js';
import { openJournal } from './work/journal.js';
import { checkFree } from './work/lock.js';
import { findStaging } from './work/staging.js';

/** What would become of the destination if the title were made now. Writes nothing, and waits for nobody. */
export async function foresee(request: TitleRequest, title: PlannedTitle): Promise<Outlook> {
  const nothing = { exitCode: 0, keptSeconds: 0, replaces: null, refusal: null };
  try {
    const { work, destination } = request;
    const { plan, present, snapshot } = title;
    const warn = createWarnings(request.job.title.strict, () => {});
    for (const warning of plan.warnings) warn.add(warning);
    warn.stopIfStrict();

    const record = present.kind === 'ours' ? present.record : null;
    const compared = record && (await isUnchanged(destination.storage, record, planKey(plan), snapshot));
    if (record && compared?.unchanged && !work.force) {
      warn.stopIfStrict(record);
      return { ...nothing, state: 'unchanged' };
    }
    const { folder, rivals } = await findStaging(destination.folder);
    for (const each of [folder, ...rivals]) await checkFree(each, title.output);
    await checkReplaceable(destination, title, { source: plan.source, replace: work.replace, force: work.force });
    const { keptSeconds, stagedBytes } = await lookInto(folder, request, title);
    if (record === null) {
      const doneSeconds = Object.fromEntries(plan.renditions.map(({ id }) => [id, keptSeconds]));
      await checkSpace(plan, { doneSeconds }, folder, stagedBytes);
      return { ...nothing, state: 'new', keptSeconds };
    }
    const replaces = {
      source: sourceName(record.source.path),
      finishedAt: record.finishedAt,
      because: compared?.unchanged === false ? compared.because : '--force was given',
      loses: lostRenditions({ present }, plan.renditions),
    };
    return { ...nothing, state: 'replaces', keptSeconds, replaces };
  } catch (error) {
    if (!(error instanceof MediactlError)) throw error;
    const { code, exitCode, message, reason, hint } = error;
    return { ...nothing, state: 'refused', exitCode, refusal: { code, message, reason, hint } };
  }
}

/** What an interrupted run has finished, in a bucket also of what it had brought there; and what is on disk at once. */
async function lookInto(
  folder: string,
  { work, destination }: TitleRequest,
  { plan, present, snapshot, schedule }: PlannedTitle,
): Promise<{ readonly keptSeconds: number; readonly stagedBytes: number }> {
  const before = present.kind === 'ours' ? present.record : null;
  const { chunksAtOnce } = schedule;
  const { maxStaging } = work;
  const othersBegun = new Set<string>();
  const delivery = await destination.openDelivery(folder, { snapshot, before, maxStaging, chunksAtOnce, othersBegun });
  const journal = openJournal(folder, delivery.published);
  try {
    const keptSeconds = work.resume ? await secondsKept(plan, journal) : 0;
    return { keptSeconds, stagedBytes: delivery.stagedBytes };
  } finally {
    await delivery.close();
    await journal.close();
  }
}
