import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { EncodePlan } from '../../model/plan.js';
import type { TitleSettings, WorkSettings } from '../../model/settings.js';
import { printable } from '../../model/text.js';
import { withEdition } from '../../stages/plan/edition.js';
import type { RunContext } from '../../tools/run-context.js';
import type { Place } from '../delivery/place.js';
import { checkSpace } from '../encoding/check-space.js';
import { readTotals } from '../encoding/made-renditions.js';
import { findMissing } from '../encoding/missing.js';
import { startEvent } from '../encoding/start-event.js';
import { firstEdition } from '../plan-title.js';
import type { DecidedTitle, MadeSegments, TitleMaker, WorkFolder } from '../title-maker.js';
import { initArtifacts } from '../work/init-artifacts.js';
import { copyMissing } from './copy-missing.js';
import type { FinishedSource } from './finished-source.js';
import { packagePlan } from './package-plan.js';

export interface PackageRequest {
  readonly source: FinishedSource;
  readonly format: NonNullable<TitleSettings['format']>;
  readonly work: Pick<WorkSettings, 'force'>;
}

/** Makes a title of finished renditions, without encoding. */
export function packageTitle(request: PackageRequest): TitleMaker {
  const { source } = request;
  return {
    command: `mediactl package ${source.name}`,
    outcome: 'packaged',
    failed: new AbortController().signal,
    hasWrongBytes: false,
    plan: (destination, run) => planPackage(request, destination, run),
    make: (title, folder) => copyTitle(source, title, folder),
    release: () => Promise.resolve(),
  };
}

async function planPackage(
  { source, format, work }: PackageRequest,
  destination: Place,
  { emit }: RunContext,
): Promise<DecidedTitle> {
  if (destination.name === source.name) {
    throw new MediactlError('usage', `${printable(source.name)} cannot be packaged onto itself`, {
      hint: 'choose another place with -o or --to',
    });
  }
  emit({ type: 'stage', stage: 'plan' });
  const { snapshot, present } = await destination.lookAt();
  const planned = packagePlan(source, format);
  const first = firstEdition(present, work.force);
  const edition = await destination.chooseEdition(planned, first, { snapshot, present });
  return {
    plan: withEdition(planned, edition),
    output: destination.name,
    snapshot,
    present,
    edition,
    ffmpeg: source.ffmpeg,
    chunksAtOnce: 1,
    packagedFrom: source.origin,
  };
}

async function copyTitle(
  source: FinishedSource,
  { plan, output }: DecidedTitle,
  folder: WorkFolder,
): Promise<MadeSegments> {
  const { journal, delivery, run, resumed, warn } = folder;
  warn.stopIfStrict();
  const missing = await findMissing(plan, journal);
  await checkSpace(plan, missing, folder.path, delivery.stagedBytes);
  run.emit(startEvent({ plan, missing, audioEnd: null }, { input: source.name, output, resumed }));
  run.emit({ type: 'stage', stage: 'copy' });
  await deliverStaged(plan, folder);
  await copyMissing(source, plan, missing, folder).catch(async (error: unknown) => {
    // A title that is replaced in the meantime looks damaged.
    if (!run.signal.aborted) await source.check();
    throw error;
  });
  await source.check();
  const { codecs } = await readTotals(plan, journal);
  return { codecs, account: source.account };
}

/** What an earlier run has made and not brought to its place. */
async function deliverStaged(plan: EncodePlan, { path: folder, journal, delivery }: WorkFolder): Promise<void> {
  for (const { path, file, bytes } of await initArtifacts(plan, folder)) await delivery.take(path, file, bytes, 'init');
  for (const { id } of plan.renditions) {
    for await (const { file, bytes } of journal.segments(id)) {
      const staged = join(folder, id, file);
      if (existsSync(staged)) await delivery.take(`${id}/${file}`, staged, bytes, 'segment');
    }
  }
}
