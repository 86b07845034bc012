import { EXIT_CODES } from '../errors.js';
import { print, printedConfig, widthFor } from './action-tools.js';
import type { Action, ActionRun, OpenSession } from './action-types.js';
import { checkWishes, readStdin, tokenWishes } from './license-usage.js';
import type { CommandName } from './program.js';
import { printToStdout } from './streams.js';
import { reportGroup, requireReportsFolder, sinceOf } from './usage.js';

type ServiceCommand = Extract<CommandName, `beacon ${string}` | `license ${string}`>;

/** The commands that serve others, and those around them. */
export function serviceActions(run: ActionRun, open: OpenSession): Readonly<Record<ServiceCommand, Action>> {
  return {
    'beacon serve': async (folder, command) => {
      const session = await open(command, 'serve');
      if (await printedConfig(session, command)) return;
      const dir = requireReportsFolder(folder, 'serve');
      run.startsWork(null);
      const { beaconServe } = await import('../commands/beacon-serve.js');
      await beaconServe(dir, session);
    },

    'beacon report': async (folder, command) => {
      const session = await open(command, 'print');
      if (await printedConfig(session, command)) return;
      const dir = requireReportsFolder(folder, 'report');
      const { beaconReport } = await import('../commands/beacon-report.js');
      const options = { by: reportGroup(command), since: sinceOf(command), columns: widthFor(session) };
      await print(session, await beaconReport(dir, options, session));
    },

    'license serve': async (_, command) => {
      const session = await open(command, 'serve');
      if (await printedConfig(session, command)) return;
      run.startsWork(null);
      const { licenseServe } = await import('../commands/license-serve.js');
      await licenseServe(session);
    },

    'license token': async (_, command) => {
      const session = await open(command, 'print');
      if (await printedConfig(session, command)) return;
      const { explainToken, licenseToken } = await import('../commands/license-token.js');
      if (command.getOptionValue('explain') !== true) {
        await printToStdout(await licenseToken(tokenWishes(command), session));
        return;
      }
      const { text, ok } = await explainToken(await readStdin(), session);
      await print(session, text);
      if (!ok) run.exitCode = EXIT_CODES['verify-failed'];
    },

    'license check': async (url, command) => {
      const session = await open(command, 'print');
      if (await printedConfig(session, command)) return;
      const { licenseCheck } = await import('../commands/license-check.js');
      const { text, ok } = await licenseCheck(await checkWishes(url, command, session), session);
      await print(session, text);
      if (!ok) run.exitCode = EXIT_CODES['verify-failed'];
    },
  };
}
