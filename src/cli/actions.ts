import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.js';
import { EXIT_CODES } from '../errors.js';
import { open, print, printedConfig, widthFor } from './action-tools.js';
import { describeFailure } from './failure.js';
import type { CommandName } from './program.js';
import type { Run } from './run.js';
import { serviceActions } from './service-actions.js';
import type { Session } from './session.js';
import { printToStdout } from './streams.js';
import {
  asksForCheck,
  asksForExport,
  needsBucket,
  oneInput,
  requireFinished,
  requireFolders,
  requireInput,
  requirePlace,
  requireReceipt,
  requireTitle,
} from './usage.js';

type Action = (argument: string | undefined, command: Command) => Promise<void>;

const GO_ON = 'run the same command again to resume: finished chunks are kept';

/** Each command: session, the work (loaded only now), its outcome. */
export function createActions(run: Run): Readonly<Record<CommandName, Action>> {
  const plan = async (input: string | undefined, command: Command): Promise<void> => {
    const session = await open(run, command, 'print');
    if (await printedConfig(session, command)) return;
    const path = requireInput(input, command.name());
    const { planCommand } = await import('../commands/plan.js');
    const { text, exitCode } = await planCommand(path, session, command.getOptionValue('commands') === true);
    await print(session, text);
    run.exitCode = exitCode;
  };

  const check = async (folder: string | undefined, command: Command): Promise<void> => {
    const session = await open(run, command, 'print');
    const receipt = requireReceipt(command);
    run.startsWork('run the same command again');
    const { checkUpload } = await import('../commands/check-upload.js');
    const { color } = session;
    const options = { receipt, folder: folder ?? null, repair: command.getOptionValue('repair') === true, color };
    const { text, ok } = await checkUpload(options, session);
    await print(session, text);
    if (!ok) run.exitCode = EXIT_CODES['verify-failed'];
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
        await printedConfig(await open(run, command, 'print'), command);
        return;
      }
      const path = requireInput(input, 'encode');
      if (several) {
        const { encodeSeveral } = await import('../commands/encode-several.js');
        const inputs = command.args.map((each) => requireInput(each, 'encode'));
        run.exitCode = await encodeSeveral(inputs, {
          open: () => openForEncode(run, command),
          made: ({ playlist }, context) => printPath(playlist, context),
          failed: (error, { settings }) =>
            describeFailure(error, { verbose: settings.output.verbose, signal: run.signal }),
        });
        return;
      }
      const session = await openForEncode(run, command);
      const { encodeCommand } = await import('../commands/encode.js');
      const result = await encodeCommand(path, session);
      session.emit(result);
      await printPath(result.playlist, session);
    },

    package: async (title, command) => {
      if (command.getOptionValue('printConfig') === true) {
        await printedConfig(await open(run, command, 'print'), command);
        return;
      }
      const session = await openForEncode(run, command);
      const path = requireFinished(title, session.settings.output);
      const { packageCommand } = await import('../commands/package.js');
      const { source } = session.origins.format;
      const result = await packageCommand(path, {
        ...session,
        format: source === 'default' ? 'cmaf' : session.settings.title.format,
      });
      session.emit(result);
      await printPath(result.playlist, session);
    },

    upload: async (folder, command) => {
      if (command.getOptionValue('printConfig') === true) {
        await printedConfig(await open(run, command, 'print'), command);
        return;
      }
      if (asksForCheck(command)) return check(folder, command);
      const [dir, dest] = requireFolders(folder, command.args[1]);
      if (command.getOptionValue('dryRun') === true) {
        const session = await open(run, command, 'print');
        const { previewUploadCommand } = await import('../commands/preview-upload.js');
        const columns = widthFor(session);
        return print(session, await previewUploadCommand(dir, dest, session, { columns }));
      }
      const session = await open(run, command, 'work');
      run.startsWork('run the same command again: objects that are already there are not sent again');
      const { uploadCommand } = await import('../commands/upload.js');
      session.emit(await uploadCommand(dir, dest, session));
    },

    play: async (where, command) => {
      const exported = asksForExport(where, command);
      if (exported !== null) {
        const session = await open(run, command, 'print');
        const { exportPlayer } = await import('../commands/export-player.js');
        return print(session, await exportPlayer(exported, session));
      }
      const session = await open(run, command, 'serve');
      if (await printedConfig(session, command)) return;
      const title = requireTitle(where);
      run.startsWork(null);
      const { playCommand } = await import('../commands/play.js');
      await playCommand(title, session);
    },

    ...serviceActions(run),

    ls: async (where, command) => {
      const session = await open(run, command, 'print');
      if (await printedConfig(session, command)) return;
      const place = requirePlace(where, 'ls');
      const { listTitles } = await import('../commands/list-titles.js');
      const check = command.getOptionValue('check') === true;
      const printed = { columns: widthFor(session), color: session.color, check };
      await print(session, await listTitles(place, session, printed));
    },

    rm: async (where, command) => {
      const session = await open(run, command, 'print');
      if (await printedConfig(session, command)) return;
      const place = requirePlace(where, 'rm');
      // Until removing begins there is no rest.
      run.startsWork(null);
      const { removeTitles } = await import('../commands/remove-titles.js');
      const { askerOf } = await import('./confirm.js');
      const flags = command.opts<{ recursive?: true; dryRun?: true; yes?: true }>();
      const { recursive = false, dryRun = false, yes = false } = flags;
      const onRemoval = (): void => run.startsWork('run the same command again to remove the rest');
      const options = { recursive, dryRun, yes, confirm: askerOf(session.signal), onRemoval };
      await print(session, await removeTitles(place, session, options));
    },

    probe: async (input, command) => {
      const session = await open(run, command, 'print');
      if (await printedConfig(session, command)) return;
      const path = requireInput(input, 'probe');
      const { probeCommand } = await import('../commands/probe.js');
      await print(session, await probeCommand(path, session));
    },

    ladders: async (name, command) => {
      const session = await open(run, command, 'print');
      if (await printedConfig(session, command)) return;
      const { ladders } = await import('../commands/ladders.js');
      const { output, title } = session.settings;
      const schema = command.getOptionValue('schema') === true;
      const { source, where } = session.origins.ladder;
      const inForce = { ladder: title.ladder, where: source === 'default' ? null : where };
      const options = { name: name ?? null, json: output.json, schema, inForce, cwd: session.cwd };
      await print(session, await ladders(options));
    },

    completion: async (shell, command) => {
      const { completionScript } = await import('./completion/completion.js');
      if (command.parent === null) throw new TypeError('a command has no program');
      await printToStdout(completionScript(shell, command.parent));
    },

    doctor: async (where, command) => {
      const session = await open(run, command, 'print');
      if (await printedConfig(session, command)) return;
      const { fix = false, yes = false } = command.opts<{ fix?: true; yes?: true }>();
      if (where !== undefined) {
        const { doctorBucket } = await import('../commands/doctor-bucket.js');
        const { askerOf } = await import('./confirm.js');
        const { color, columns } = session;
        const options = {
          fix,
          yes,
          confirm: askerOf(session.signal),
          print: (text: string) => print(session, text),
          color,
          columns,
        };
        run.exitCode = await doctorBucket(where, session, options);
        return;
      }
      if (fix) throw needsBucket();
      const { doctor } = await import('../commands/doctor.js');
      const { json, verbose } = session.settings.output;
      const { text, ok } = await doctor({ ...session, json, verbose });
      await print(session, text);
      if (!ok) run.exitCode = EXIT_CODES['tool-missing'];
    },
  };
}

async function openForEncode(run: Run, command: Command): Promise<Session> {
  const session = await open(run, command, 'work');
  run.startsWork(hintAfterInterruption(session));
  return session;
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
