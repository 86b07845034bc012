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
  { plan, capabilities }: PlannedTitle,
  source: TitleSource,
  ffmpeg: string,
  cwd: string,
): ShellCommand[] {
  const folder = `${cwd}/mediactl-parts`;
  const { address, download } = source.forPasting(cwd);
  const features = featuresOf(capabilities);
  const { video } = plan;
  const passes = (video?.decode.passes ?? []).map((ids) => {
    const rungs = video?.rungs.filter(({ id }) => ids.includes(id)) ?? [];
    return video ? videoCommands({ plan, address, video, rungs, first: 0, folder, features }, video.decode.mode) : [];
  });
  const audio = plan.audio.map((one) =>
    audioCommand({ plan, address, audio: one, first: 0, endSamples: plannedAudioEnd(plan, one), folder }),
  );
  const commands = shellCommands(ffmpeg, folder, [...passes, ...(audio.length > 0 ? [audio] : [])]);
  return download === null ? commands : [{ label: 'source', shell: download }, ...commands];
}
