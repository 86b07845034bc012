import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { MediactlError } from '../errors.js';
import type { Emit } from '../model/events.js';
import type { MediaInfo } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import type { Preset } from '../model/preset.js';
import type { Settings } from '../model/settings.js';
import { RECORD_NAME } from '../model/title-files.js';
import { plan } from '../stages/plan/plan.js';
import type { PlanRequest } from '../stages/plan/request.js';
import { probe } from '../stages/probe/probe.js';
import type { Snapshot } from '../storage/storage.js';
import { readCapabilities, type Capabilities } from '../tools/capabilities.js';
import type { Toolbox } from '../tools/toolbox.js';
import { chooseFreeEdition } from './delivery/choose-edition.js';
import type { Destination } from './delivery/destination.js';
import { readRecord, type RecordState } from './record/record.js';
import type { TitleSource } from './source/title-source.js';

/** One title to make: an input, a ladder, and how. */
export interface TitleRequest {
  readonly source: TitleSource;
  readonly destination: Destination;
  readonly ladder: Preset;
  readonly settings: Settings;
  readonly tools: Toolbox;
  readonly cwd: string;
  /** mediactl's own version. */
  readonly version: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

export interface PlannedTitle {
  readonly media: MediaInfo;
  readonly capabilities: Capabilities;
  readonly plan: EncodePlan;
  /** Absolute path of the title's folder, or gs://bucket/prefix. */
  readonly output: string;
  /** All that is at the destination now. */
  readonly there: Snapshot;
  /** What stands there now: a title of ours, something else, or nothing. */
  readonly present: RecordState;
  /** See TitleRecord. */
  readonly edition: string | null;
}

/** The first half of the street: probe → plan. Writes nothing. Throws what probe and plan throw. */
export async function planTitle(request: TitleRequest): Promise<PlannedTitle> {
  const { settings, tools, signal, emit, destination } = request;
  emit({ type: 'stage', stage: 'probe' });
  const [media, capabilities, { there, present }] = await Promise.all([
    probe(request.source, tools, { signal }),
    readCapabilities(tools, signal),
    lookAt(destination),
  ]);
  emit({ type: 'stage', stage: 'plan' });
  const planWith = (edition: string | null): EncodePlan => plan(media, planRequest(request, capabilities, edition));
  const first = chooseEdition(present, settings.force);
  const edition = await chooseFreeEdition(first, planWith, { destination, present, there });
  return {
    media,
    capabilities,
    output: destination.name,
    there,
    present,
    edition,
    plan: planWith(edition),
  };
}

function planRequest(
  { ladder, settings }: TitleRequest,
  capabilities: Capabilities,
  edition: string | null,
): PlanRequest {
  return {
    ladder,
    encoderPreset: settings.encoderPreset,
    rateControl: settings.rateControl,
    crf: settings.crf,
    only: settings.only,
    audioLanguages: settings.audioLang,
    jobs: settings.jobs,
    decode: settings.decode,
    machine: { cores: availableParallelism(), platform: process.platform },
    capabilities,
    edition,
  };
}

/**
 * A cached segment is never wrong, so what --force makes again gets other names than what is there; derived from
 * what is there, so that an interrupted --force goes on under the same names.
 */
function chooseEdition(present: RecordState, force: boolean): string | null {
  if (present.kind !== 'ours') return null;
  const { edition, finishedAt, planKey } = present.record;
  if (!force) return edition;
  return createHash('sha256').update(`${finishedAt} ${planKey}`).digest('hex').slice(0, 8);
}

/** Of a bucket one listing, and the record of that very moment. */
async function lookAt({ storage, bucket, name }: Destination): Promise<{ there: Snapshot; present: RecordState }> {
  const there = await storage.snapshot();
  if (!bucket) return { there, present: await readRecord(storage) };
  const stored = await there.get(RECORD_NAME);
  if (!stored) return { there, present: { kind: 'none' } };
  const present = await readRecord(storage, stored.generation);
  if (present.kind !== 'none') return { there, present };
  throw new MediactlError('storage-conflict', `somebody else is publishing ${name} at this moment`, {
    hint: 'run the same command again in a while',
  });
}
