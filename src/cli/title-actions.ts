import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.js';
import { print, printedConfig } from './action-tools.js';
import type { Action, ActionRun, OpenSession } from './action-types.js';
import { describeFailure } from './failure.js';
import type { Session } from './session.js';
import { printToStdout } from './streams.js';
import { refuseIdleUploadFlags } from './upload-flags.js';
import { oneInput, requireFinished, requireInput } from './usage.js';

const GO_ON = 'run the same command again to resume: finished chunks are kept';

/** encode and package, and plan, which is encode that does nothing yet. */
export function createTitleActions(
  run: ActionRun,
  open: OpenSession,
): Readonly<Record<'encode' | 'plan' | 'package', Action>> {
  const plan = async (input: string | undefined, command: Command): Promise<void> => {
    const session = await open(command, 'print');
    if (await printedConfig(session, command)) return;
    const path = requireInput(input, command.name());
    refuseIdleUploadFlags(command, session.settings, [path]);
    const { planCommand } = await import('../commands/plan.js');
    const { text, exitCode } = await planCommand(path, session, command.getOptionValue('commands') === true);
    await print(session, text);
    run.exitCode = exitCode;
  };

  const openForEncode = async (command: Command): Promise<Session> => {
    const session = await open(command, 'work');
    refuseIdleUploadFlags(command, session.settings, command.args);
    run.startsWork(hintAfterInterruption(session));
    return session;
  };

  return {
    plan,

    encode: async (input, command) => {
      const several = command.args.length > 1;
      if (command.getOptionValue('dryRun') === true) {
        if (several) throw oneInput();
        return plan(input, command);
      }
      if (command.getOptionValue('printConfig') === true) {
        await printedConfig(await open(command, 'print'), command);
        return;
      }
      const path = requireInput(input, 'encode');
      if (several) {
        const { encodeSeveral } = await import('../commands/encode-several.js');
        const inputs = command.args.map((each) => requireInput(each, 'encode'));
        run.exitCode = await encodeSeveral(inputs, {
          open: () => openForEncode(command),
          made: ({ playlist }, context) => printPath(playlist, context),
          failed: (error, { settings }) =>
            describeFailure(error, { verbose: settings.output.verbose, signal: run.signal }),
        });
        return;
      }
      const session = await openForEncode(command);
      const { encodeCommand } = await import('../commands/encode.js');
      const result = await encodeCommand(path, session);
      session.emit(result);
      await printPath(result.playlist, session);
    },

    package: async (title, command) => {
      if (command.getOptionValue('printConfig') === true) {
        await printedConfig(await open(command, 'print'), command);
        return;
      }
      const session = await openForEncode(command);
      const path = requireFinished(title, session.settings.output);
      const { packageCommand } = await import('../commands/package.js');
      const result = await packageCommand(path, {
        ...session,
        format: session.settings.title.format ?? 'cmaf',
      });
      session.emit(result);
      await printPath(result.playlist, session);
    },
  };
}

/** Where a title is, for `p=$(mediactl encode movie.mp4 -q)`. */
async function printPath(playlist: string, { settings }: CommandContext): Promise<void> {
  if (!settings.output.json && !process.stdout.isTTY) await printToStdout(playlist);
}

function hintAfterInterruption({ settings }: Session): string | null {
  if (!settings.work.keep) return null;
  return settings.work.resume
    ? GO_ON
    : 'run the same command again, without --fresh, to resume: finished chunks are kept';
}
