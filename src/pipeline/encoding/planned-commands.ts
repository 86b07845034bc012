import type { EncodePlan } from '../../model/plan.js';
import { audioOf, streamsOf, videoOf } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import { audioCommands } from '../../tools/ffmpeg/audio.js';
import { featuresOf, type FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { shellCommands, type ShellCommand } from '../../tools/ffmpeg/shell.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import type { PlannedTitle } from '../plan-title.js';
import type { TitleSource } from '../source/title-source.js';
import { plannedAudioEnd } from './audio-end.js';

/**
 * The command lines of a title, by the same builders that run them: the first chunk of the rungs, and the audio. They
 * write into a folder "mediactl-parts" of the working directory instead of the staging folder, so that pasting them
 * harms nothing.
 */
export function plannedCommands(
  { plan, schedule, capabilities }: PlannedTitle,
  source: TitleSource,
  ffmpeg: string,
  cwd: string,
): ShellCommand[] {
  const folder = `${cwd}/mediactl-parts`;
  const { address, download } = source.forPasting(cwd);
  const { passes, audio } = firstCommands({ plan, schedule, capabilities }, address, folder);
  const video = shellCommands(ffmpeg, folder, passes);
  const end = plan.grid.segmentsPerChunk;
  const commands = [
    ...(isOneChunk(plan) ? video : video.map((command, i) => (i === 0 ? firstOfMany(command, end) : command))),
    ...shellCommands(ffmpeg, folder, audio.length > 0 ? [audio] : []),
  ];
  return download === null ? commands : [{ label: 'source', shell: download }, ...commands];
}

/** By pass the processes that make the first chunk of the rungs, and those that make the audio, in `folder`. */
export function firstCommands(
  { plan, schedule, capabilities }: Pick<PlannedTitle, 'plan' | 'schedule' | 'capabilities'>,
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

function isOneChunk({ grid, prediction }: EncodePlan): boolean {
  return prediction.segments !== null && prediction.segments <= grid.segmentsPerChunk;
}

function firstOfMany({ label, shell }: ShellCommand, end: number): ShellCommand {
  return {
    label: `${label}; these make the first chunk, segments 0 to ${end - 1}, the others are made the same way`,
    shell,
  };
}
