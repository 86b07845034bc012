import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Emit } from '../model/events.js';
import type { MediaInfo } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import type { Preset } from '../model/preset.js';
import type { Schedule } from '../model/schedule.js';
import type { Settings } from '../model/settings.js';
import { plan } from '../stages/plan/plan.js';
import type { PlanRequest } from '../stages/plan/request.js';
import { schedule } from '../stages/plan/schedule.js';
import { probe } from '../stages/probe/probe.js';
import { readCapabilities, type Capabilities } from '../tools/capabilities.js';
import type { Toolbox } from '../tools/toolbox.js';
import type { Place, PresentTitle } from './delivery/place.js';
import type { RecordState } from './record/record.js';
import type { TitleSource } from './source/title-source.js';

/** One title to make: an input, a ladder, and how. */
export interface TitleRequest {
  readonly source: TitleSource;
  readonly destination: Place;
  readonly ladder: Preset;
  readonly settings: Pick<Settings, 'title' | 'work'>;
  readonly tools: Toolbox;
  readonly cwd: string;
  /** mediactl's own version. */
  readonly version: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** What is to be made, and what is at the destination at that moment. */
export interface PlannedTitle extends PresentTitle {
  readonly media: MediaInfo;
  readonly capabilities: Capabilities;
  readonly plan: EncodePlan;
  /** How this machine goes about it. */
  readonly schedule: Schedule;
  /** Absolute path of the title's folder, or gs://bucket/prefix. */
  readonly output: string;
  /** See TitleRecord. */
  readonly edition: string | null;
}

/** The first half of the street: probe → plan. Writes nothing. Throws what probe and plan throw. */
export async function planTitle(request: TitleRequest): Promise<PlannedTitle> {
  const { settings, tools, signal, emit, destination } = request;
  emit({ type: 'stage', stage: 'probe' });
  const [media, capabilities, found] = await Promise.all([
    probe(request.source, tools, { signal }),
    readCapabilities(tools, signal),
    destination.lookAt(),
  ]);
  emit({ type: 'stage', stage: 'plan' });
  const planWith = (edition: string | null): EncodePlan => plan(media, planRequest(request, capabilities, edition));
  const first = firstEdition(found.present, settings.work.force);
  const edition = await destination.chooseEdition(first, planWith, found);
  const decided = planWith(edition);
  const machine = { cores: availableParallelism(), platform: process.platform };
  return {
    media,
    capabilities,
    output: destination.name,
    there: found.there,
    present: found.present,
    edition,
    plan: decided,
    schedule: schedule(decided, machine, settings.work),
  };
}

function planRequest(
  { ladder, settings }: TitleRequest,
  capabilities: Capabilities,
  edition: string | null,
): PlanRequest {
  return {
    ladder,
    encoderPreset: settings.title.encoderPreset,
    rateControl: settings.title.rateControl,
    crf: settings.title.crf,
    only: settings.title.only,
    audioLanguages: settings.title.audioLang,
    capabilities,
    edition,
  };
}

/**
 * A cached segment is never wrong, so what --force makes again gets other names than what is there; derived from
 * what is there, so that an interrupted --force goes on under the same names.
 */
function firstEdition(present: RecordState, force: boolean): string | null {
  if (present.kind !== 'ours') return null;
  const { edition, finishedAt, planKey } = present.record;
  if (!force) return edition;
  return createHash('sha256').update(`${finishedAt} ${planKey}`).digest('hex').slice(0, 8);
}
