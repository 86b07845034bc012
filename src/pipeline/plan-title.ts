import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join, parse, resolve } from 'node:path';
import type { Emit } from '../model/events.js';
import type { MediaInfo } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import type { Preset } from '../model/preset.js';
import type { Settings } from '../model/settings.js';
import { LocalStorage } from '../storage/local.js';
import { plan } from '../stages/plan/plan.js';
import { probe } from '../stages/probe/probe.js';
import { type Capabilities, readCapabilities } from '../tools/capabilities.js';
import type { Toolbox } from '../tools/toolbox.js';
import { readRecord, type RecordState } from './record.js';

/** One title to make: an input, a ladder, and how. */
export interface TitleRequest {
  /** As the user named it. */
  readonly input: string;
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
  /** Absolute path of the title's folder. */
  readonly output: string;
  /** What stands there now: a title of ours, something else, or nothing. */
  readonly present: RecordState;
  /** See TitleRecord. */
  readonly edition: string | null;
}

/** The first half of the street: probe → plan. Writes nothing. Throws what probe and plan throw. */
export async function planTitle(request: TitleRequest): Promise<PlannedTitle> {
  const { settings, tools, signal, emit } = request;
  emit({ type: 'stage', stage: 'probe' });
  const input = resolve(request.cwd, request.input);
  const [media, capabilities] = await Promise.all([probe(input, tools, { signal }), readCapabilities(tools, signal)]);
  emit({ type: 'stage', stage: 'plan' });
  const output = outputFolder(input, settings.output, request.cwd);
  const present = await readRecord(new LocalStorage(output));
  const edition = chooseEdition(present, settings.force);
  return {
    ...{ media, capabilities, output, present, edition },
    plan: plan(media, {
      ladder: request.ladder,
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
    }),
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

/** The named folder, or one in the working directory named after the input without its extension. */
function outputFolder(input: string, named: string | null, cwd: string): string {
  if (named !== null) return resolve(cwd, named);
  const { name } = parse(input);
  const folder = join(cwd, name);
  return folder === input ? `${folder}-hls` : folder;
}
