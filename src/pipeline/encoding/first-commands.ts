import type { EncodePlan } from '../../model/plan.js';
import { audioOf, streamsOf, videoOf } from '../../model/rendition.js';
import type { Schedule } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import type { Capabilities } from '../../tools/capabilities.js';
import { audioCommands } from '../../tools/ffmpeg/audio.js';
import { featuresOf, type FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import { plannedAudioEnd } from './audio-end.js';

/** A plan, and how this machine goes about it. */
export interface ScheduledPlan {
  readonly plan: EncodePlan;
  readonly schedule: Schedule;
  readonly capabilities: Capabilities;
}

/** By pass the processes that make the first chunk of the rungs, and those that make the audio, in `folder`. */
export function firstCommands(
  { plan, schedule, capabilities }: ScheduledPlan,
  address: InputAddress,
  folder: string,
): { readonly passes: FfmpegCommand[][]; readonly audio: FfmpegCommand[] } {
  const features = featuresOf(capabilities);
  const { picture } = plan;
  const { mode } = schedule;
  const end = plan.grid.segmentsPerChunk;
  const passes = schedule.passes.map((ids) => {
    const rungs = videoOf(plan).filter(({ id }) => ids.includes(id));
    const work = { plan, address, rungs, first: 0, end, folder, features };
    return picture ? videoCommands({ ...work, picture }, mode) : [];
  });
  const audio = streamsOf(audioOf(plan)).flatMap((renditions) => {
    const [one] = renditions;
    if (!one) return [];
    const titleEnd = plannedAudioEnd(plan);
    const work = { plan, address, renditions, audio: one, first: 0, end: null, titleEnd, folder };
    return audioCommands(work, schedule.audioPipes);
  });
  return { passes, audio };
}
