import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { ContentKeys } from '../model/content-keys.js';
import type { MediaInfo } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import type { Schedule } from '../model/schedule.js';
import type { WorkSettings } from '../model/settings.js';
import { needsPackets } from '../stages/plan/copy-top.js';
import { withEdition } from '../stages/plan/edition.js';
import { plan } from '../stages/plan/plan.js';
import type { PlanRequest } from '../stages/plan/request.js';
import { schedule } from '../stages/plan/schedule.js';
import { probe } from '../stages/probe/probe.js';
import { readCapabilities, type Capabilities } from '../tools/capabilities.js';
import { readVideoPackets } from '../tools/ffmpeg/read-video-packets.js';
import { memoryLimit } from '../tools/memory.js';
import type { RunContext } from '../tools/run-context.js';
import type { Place } from './delivery/place.js';
import { requireFiltersOf } from './encoding/require-filters.js';
import { protectionRequest } from './protection-request.js';
import type { RecordState } from './record/record.js';
import type { TitleSource } from './source/title-source.js';
import { tellSurvey } from './tell-survey.js';
import type { TitleJob } from './title-job.js';
import type { DecidedTitle } from './title-maker.js';

/** One title to make, and its two ends. */
export interface TitleRequest {
  readonly job: TitleJob;
  readonly work: WorkSettings;
  /** Null: nothing is encrypted. */
  readonly keys: ContentKeys | null;
  readonly source: TitleSource;
  readonly destination: Place;
}

export interface PlannedTitle extends DecidedTitle {
  readonly media: MediaInfo;
  readonly capabilities: Capabilities;
  /** How this machine goes about it. */
  readonly schedule: Schedule;
}

/** The first half of the street: probe → plan. Writes nothing. Throws what probe and plan throw, and `tool-lacks-feature`. */
export async function planTitle(request: TitleRequest, run: RunContext): Promise<PlannedTitle> {
  const { job, work, keys, source, destination } = request;
  const { tools, signal, emit } = run;
  emit({ type: 'stage', stage: 'probe' });
  const [media, capabilities, found] = await Promise.all([
    probe(source, tools, { signal, onSurvey: tellSurvey(emit) }),
    readCapabilities(tools, signal),
    destination.lookAt(),
  ]);
  emit({ type: 'stage', stage: 'plan' });
  const planned = await planWithPackets(media, planRequest(job, keys, capabilities), source, run);
  const first = job.edition ?? firstEdition(found.present, work.force);
  const edition = await destination.chooseEdition(planned, first, found);
  const decided = withEdition(planned, edition);
  const machine = { cores: availableParallelism(), platform: process.platform, memoryBytes: memoryLimit() };
  const scheduled = schedule(decided, machine, work);
  requireFiltersOf({ plan: decided, schedule: scheduled, capabilities }, source.address);
  return {
    media,
    capabilities,
    ffmpeg: capabilities.version,
    output: destination.name,
    snapshot: found.snapshot,
    present: found.present,
    edition,
    plan: decided,
    schedule: scheduled,
    chunksAtOnce: scheduled.chunksAtOnce,
    packagedFrom: null,
  };
}

/** The source's packets are read only where the plan depends on nothing else any more. */
async function planWithPackets(
  media: MediaInfo,
  request: PlanRequest,
  { address }: TitleSource,
  { tools, signal }: RunContext,
): Promise<EncodePlan> {
  const planned = plan(media, request);
  const { input, picture, grid, copyTop } = planned;
  if (!needsPackets(copyTop) || picture === null || grid.frameRate === null) return planned;
  const { format, startSeconds, depth } = input;
  const wanted = { address, format, startSeconds, depth, track: picture.trackIndex, rate: grid.frameRate };
  const packets = await readVideoPackets(wanted, tools, signal);
  return plan(media, { ...request, packets });
}

function planRequest({ ladder, title }: TitleJob, keys: ContentKeys | null, capabilities: Capabilities): PlanRequest {
  return {
    ladder,
    encoderPreset: title.encoderPreset,
    rateControl: title.rateControl,
    crf: title.crf,
    only: title.only,
    audioLanguages: title.audioLang,
    start: title.start,
    end: title.end,
    audioTracks: title.audioTracks,
    defaultAudioLanguage: title.defaultAudioLang,
    format: title.format ?? (title.drm === null ? 'hls' : 'cmaf'),
    deinterlace: title.deinterlace,
    copyTop: title.copyTop,
    packets: null,
    protection: protectionRequest(title, keys),
    capabilities,
  };
}

/**
 * A cached segment is never wrong, so what --force makes again gets other names than what is there; derived from
 * what is there, so that an interrupted --force goes on under the same names.
 */
export function firstEdition(present: RecordState, force: boolean): string | null {
  if (present.kind !== 'ours') return null;
  const { edition, finishedAt, planKey } = present.record;
  if (!force) return edition;
  return createHash('sha256').update(`${finishedAt} ${planKey}`).digest('hex').slice(0, 8);
}
