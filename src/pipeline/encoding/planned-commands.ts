import type { EncodePlan } from '../../model/plan.js';
import { shellCommands, type ShellCommand } from '../../tools/ffmpeg/shell.js';
import type { PlannedTitle } from '../plan-title.js';
import type { TitleSource } from '../source/title-source.js';
import { firstCommands } from './first-commands.js';

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

function isOneChunk({ grid, prediction }: EncodePlan): boolean {
  return prediction.segments !== null && prediction.segments <= grid.segmentsPerChunk;
}

function firstOfMany({ label, shell }: ShellCommand, end: number): ShellCommand {
  return {
    label: `${label}; these make the first chunk, segments 0 to ${end - 1}, the others are made the same way`,
    shell,
  };
}
