import { loadPreset } from '../config/presets.js';
import { openForEncode } from '../pipeline/delivery/destination.js';
import { plannedCommands } from '../pipeline/encoding/planned-commands.js';
import { planTitle } from '../pipeline/plan-title.js';
import { withSource } from '../pipeline/source/open-source.js';
import { titleJob } from '../pipeline/title-job.js';
import { renderPlan } from '../report/plan-text.js';
import type { CommandContext } from './context.js';

/** `mediactl plan`, `encode --dry-run`: what would be done, why, and with which commands. Writes nothing. */
export async function planCommand(
  input: string,
  context: CommandContext & { readonly columns: number; readonly color: boolean },
): Promise<string> {
  const { settings, cwd } = context;
  const job = titleJob(input, await loadPreset(settings.title.ladder, cwd), settings, cwd);
  return withSource(input, settings, context, async (source) => {
    const destination = await openForEncode(job.destination, settings, context);
    const title = await planTitle({ job, work: settings.work, source, destination }, context);
    const commands = plannedCommands(title, source, context.tools.ffmpeg, cwd);
    if (settings.output.json) {
      const { plan, schedule, output } = title;
      return `${JSON.stringify({ schema: 'mediactl.plan/1', output, plan, schedule, commands }, null, 2)}\n`;
    }
    return renderPlan(title.plan, title.schedule, commands, context);
  });
}
