import { featuresOf } from '../../tools/ffmpeg/command.js';
import type { PlannedTitle, TitleRequest } from '../plan-title.js';
import { planTitle } from '../plan-title.js';
import type { MadeSegments, TitleMaker, WorkFolder } from '../title-maker.js';
import { accountOfTitle } from './account.js';
import { plannedAudioEnd } from './audio-end.js';
import { checkSpace } from './check-space.js';
import { endMissing, keptDamage, openDamage } from './damage.js';
import { encodeMissing, type Encoded } from './encode-missing.js';
import { findMissing } from './missing.js';
import { findPauses, findStarts } from './pauses.js';
import { protectorOf } from './protector.js';
import { startEvent } from './start-event.js';

type EncodeRequest = Omit<TitleRequest, 'destination'>;

/** Makes a title by encoding its source. */
export function encodeTitle(request: EncodeRequest): TitleMaker<PlannedTitle> {
  const { source } = request;
  return {
    command: `mediactl encode ${source.name}`,
    outcome: 'encoded',
    failed: source.failed,
    get hasWrongBytes() {
      return source.hasWrongBytes;
    },
    plan: (destination, run) => planTitle({ ...request, destination }, run),
    make: (title, folder) => encodeAndCheckLoss(request, title, folder),
    release: () => source.release(),
  };
}

/** Throws what the source did wrong rather than what FFmpeg made of it; with --strict, when something was lost. */
async function encodeAndCheckLoss(
  { source, keys, work: { stallTimeout } }: EncodeRequest,
  title: PlannedTitle,
  { path: folder, journal, delivery, run, before, resumed, warn }: WorkFolder,
): Promise<MadeSegments> {
  const { signal, emit } = run;
  const { plan, schedule, output } = title;
  const damage = await openDamage(folder, plan.source);
  const missing = await findMissing(plan, journal);
  await source.prepare(folder, plan, schedule);
  await checkSpace(plan, missing, folder, delivery.stagedBytes);
  const job = { plan, missing, audioEnd: plannedAudioEnd(plan) };
  emit(startEvent(job, { input: source.name, output, resumed }));
  emit({ type: 'stage', stage: 'encode' });
  const { address } = source;
  const features = featuresOf(title.capabilities);
  const protector = await protectorOf(plan, keys, { folder, stallSeconds: stallTimeout }, run);
  const protect = protector?.protect ?? null;
  const site = { schedule, address, folder, features, protect, stallSeconds: stallTimeout };
  let encoded: Encoded;
  try {
    encoded = await encodeMissing(job, site, { journal, delivery, damage }, run);
  } catch (error) {
    // A source that was cut short or replaced makes FFmpeg fail in many ways.
    if (!signal.aborted) await source.check(error);
    throw error;
  } finally {
    await protector?.close();
  }
  await source.check();
  const lost = [endMissing(plan, encoded.length), damage.warning() ?? keptDamage(plan, missing, before)];
  const pauses = await findPauses(plan, encoded.made, address, run.tools, signal);
  const starts = await findStarts(plan, encoded.made, address, run.tools, signal);
  const known = { isShortTold: lost[0] !== null, pauses, starts };
  const account = accountOfTitle(plan, title.media, encoded.made, known);
  for (const warning of [...lost, ...account.warnings]) if (warning) warn.add(warning);
  warn.stopIfStrict();
  return { codecs: encoded.codecs, account: account.tracks };
}
