import type { Command } from 'commander';
import { EXIT_CODES } from '../errors.js';
import { print, printedConfig, widthFor } from './action-tools.js';
import type { Action, ActionRun, OpenSession } from './action-types.js';
import type { CommandName } from './program.js';
import { serviceActions } from './service-actions.js';
import { openSession } from './session.js';
import { printToStdout } from './streams.js';
import { createTitleActions } from './title-actions.js';
import {
  asksForCheck,
  asksForExport,
  needsBucket,
  requireFolders,
  requireInput,
  requirePlace,
  requireReceipt,
  requireTitle,
} from './usage.js';

/** Each command: session, the work (loaded only now), its outcome. */
export function createActions(run: ActionRun, openRaw = openSession): Readonly<Record<CommandName, Action>> {
  const open: OpenSession = async (command, kind) => {
    const session = await openRaw(command, kind, run.signal);
    run.reportTo(session.reporter);
    return session;
  };
  const { plan, encode, package: pack } = createTitleActions(run, open);

  const check = async (folder: string | undefined, command: Command): Promise<void> => {
    const session = await open(command, 'print');
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
    encode,
    package: pack,

    upload: async (folder, command) => {
      if (command.getOptionValue('printConfig') === true) {
        await printedConfig(await open(command, 'print'), command);
        return;
      }
      if (asksForCheck(command)) return check(folder, command);
      const [dir, dest] = requireFolders(folder, command.args[1]);
      if (command.getOptionValue('dryRun') === true) {
        const session = await open(command, 'print');
        const { previewUploadCommand } = await import('../commands/preview-upload.js');
        const columns = widthFor(session);
        return print(session, await previewUploadCommand(dir, dest, session, { columns }));
      }
      const session = await open(command, 'work');
      run.startsWork('run the same command again: objects that are already there are not sent again');
      const { uploadCommand } = await import('../commands/upload.js');
      session.emit(await uploadCommand(dir, dest, session));
    },

    play: async (where, command) => {
      const exported = asksForExport(where, command);
      if (exported !== null) {
        const session = await open(command, 'print');
        const { exportPlayer } = await import('../commands/export-player.js');
        return print(session, await exportPlayer(exported, session));
      }
      const session = await open(command, 'serve');
      if (await printedConfig(session, command)) return;
      const title = requireTitle(where);
      run.startsWork(null);
      const { playCommand } = await import('../commands/play.js');
      await playCommand(title, session);
    },

    ...serviceActions(run, open),

    ls: async (where, command) => {
      const session = await open(command, 'print');
      if (await printedConfig(session, command)) return;
      const place = requirePlace(where, 'ls');
      const { listTitles } = await import('../commands/list-titles.js');
      const check = command.getOptionValue('check') === true;
      const printed = { columns: widthFor(session), color: session.color, check };
      await print(session, await listTitles(place, session, printed));
    },

    rm: async (where, command) => {
      const session = await open(command, 'print');
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
      const session = await open(command, 'print');
      if (await printedConfig(session, command)) return;
      const path = requireInput(input, 'probe');
      const { probeCommand } = await import('../commands/probe.js');
      await print(session, await probeCommand(path, session));
    },

    ladders: async (name, command) => {
      const session = await open(command, 'print');
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
      const session = await open(command, 'print');
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
