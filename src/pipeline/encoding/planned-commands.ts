import { audioOf, videoOf } from '../../model/rendition.js';
import { audioCommand } from '../../tools/ffmpeg/audio.js';
import { featuresOf } from '../../tools/ffmpeg/command.js';
import { shellCommands, type ShellCommand } from '../../tools/ffmpeg/shell.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import type { PlannedTitle } from '../plan-title.js';
import type { TitleSource } from '../source/title-source.js';
import { plannedAudioEnd } from './audio-end.js';

/**
 * The command lines of a whole title, by the same builders that run them. They write into a folder
 * "mediactl-parts" of the working directory instead of the staging folder, so that pasting them harms nothing.
 */
export function plannedCommands(
  { plan, schedule, capabilities }: PlannedTitle,
  source: TitleSource,
  ffmpeg: string,
  cwd: string,
): ShellCommand[] {
  const folder = `${cwd}/mediactl-parts`;
  const { address, download } = source.forPasting(cwd);
  const features = featuresOf(capabilities);
  const { picture } = plan;
  const { mode } = schedule;
  const end = plan.grid.segmentsPerChunk;
  const passes = schedule.passes.map((ids) => {
    const rungs = videoOf(plan).filter(({ id }) => ids.includes(id));
    const work = { plan, address, rungs, first: 0, end, folder, features };
    return picture ? videoCommands({ ...work, picture }, mode) : [];
  });
  const audio = audioOf(plan).map((one) =>
    audioCommand({ plan, address, audio: one, first: 0, end: null, titleEnd: plannedAudioEnd(plan), folder }),
  );
  const commands = shellCommands(ffmpeg, folder, [...passes, ...(audio.length > 0 ? [audio] : [])]);
  return download === null ? commands : [{ label: 'source', shell: download }, ...commands];
}
