import { loadPreset } from '../config/presets.js';
import { destinationOf } from '../pipeline/delivery/destination.js';
import { plannedCommands } from '../pipeline/encoding/planned-commands.js';
import { planTitle } from '../pipeline/plan-title.js';
import { withSource } from '../pipeline/source/open-source.js';
import { renderPlan } from '../report/plan-text.js';
import type { CommandContext } from './context.js';

/** `mediactl plan`, `encode --dry-run`: what would be done, why, and with which commands. Writes nothing. */
export async function planCommand(
  input: string,
  context: CommandContext & { readonly columns: number; readonly color: boolean },
): Promise<string> {
  const ladder = await loadPreset(context.settings.title.ladder, context.cwd);
  return withSource(input, context, async (source) => {
    const destination = await destinationOf(source.titleNameHint, context);
    const title = await planTitle({ ...context, source, ladder, destination });
    const commands = plannedCommands(title, source, context.tools.ffmpeg, context.cwd);
    if (context.settings.output.json) {
      const { plan, schedule, output } = title;
      return `${JSON.stringify({ schema: 'mediactl.plan/1', output, plan, schedule, commands }, null, 2)}\n`;
    }
    return renderPlan(title.plan, title.schedule, commands, context);
  });
}
