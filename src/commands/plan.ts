import { loadPreset } from '../config/presets.js';
import { isLadderFile } from '../model/ladder-name.js';
import { openForEncode } from '../pipeline/delivery/destination.js';
import { plannedCommands } from '../pipeline/encoding/planned-commands.js';
import { foresee } from '../pipeline/foresee.js';
import { planTitle } from '../pipeline/plan-title.js';
import { titleKeys } from '../pipeline/protection-request.js';
import { withSource } from '../pipeline/source/open-source.js';
import { titleJob } from '../pipeline/title-job.js';
import { renderPlan } from '../report/plan-text.js';
import type { CommandContext } from './context.js';

/**
 * `mediactl plan`, `encode --dry-run`: what would be done, why, and what would become of the destination; and the exit code
 * that encode would give, as far as that can be seen now. `showCommands`: in the text, too. Writes nothing.
 */
export async function planCommand(
  input: string,
  context: CommandContext & { readonly columns: number; readonly color: boolean; readonly unicode?: boolean },
  showCommands: boolean,
): Promise<{ readonly text: string; readonly exitCode: number }> {
  const { settings, cwd } = context;
  const job = titleJob(input, await loadPreset(settings.title.ladder, cwd), settings, cwd);
  const keys = await titleKeys(settings, cwd);
  return withSource(input, settings, context, async (source) => {
    const destination = await openForEncode(job.destination, settings, context);
    const title = await planTitle({ job, work: settings.work, keys, source, destination }, context);
    const commands = plannedCommands(title, source, context.tools.ffmpeg, cwd);
    const outlook = await foresee({ job, work: settings.work, keys, source, destination }, title);
    const { plan, schedule, output } = title;
    const { exitCode } = outlook;
    if (settings.output.json) {
      const document = { schema: 'mediactl.plan/1', output, destination: outlook, plan, schedule, commands };
      return { text: `${JSON.stringify(document, null, 2)}\n`, exitCode };
    }
    const shown = showCommands || settings.output.verbose ? commands : [];
    const { columns, color, unicode = true } = context;
    const { ladder } = settings.title;
    const ladderFile = isLadderFile(ladder) ? ladder : null;
    return {
      text: renderPlan(plan, schedule, shown, {
        columns,
        color,
        unicode,
        ladderFile,
        destination: { output, outlook },
      }),
      exitCode,
    };
  });
}
