import { Command } from 'commander';
import * as help from './help-text.js';
import {
  addAccessOptions,
  addDoctorOptions,
  addOutputOption,
  addOutputOptions,
  addRemovalOptions,
  addSetupOptions,
  addSourceOptions,
  addTitleOptions,
  addUploadOptions,
} from './options.js';

export type CommandName = keyof typeof help.COMMANDS;

/** Does the work of a command. `argument` is its INPUT, NAME, WHERE, DIR or DEST. */
export type RunCommand = (name: CommandName, argument: string | undefined, command: Command) => Promise<void>;

/** The tree of commands. Parsing throws a CommanderError for wrong usage, and after it has shown help. */
export function buildProgram(version: string, run: RunCommand): Command {
  const program = new Command('mediactl')
    .version(version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  program.helpInformation = help.overview;

  const add = (name: CommandName, after: string): Command => {
    const { usage, does } = help.COMMANDS[name];
    const command = program
      .command(name)
      .description(does)
      .usage(`${usage} [flags]`.trim())
      .addHelpText('after', after);
    if (name === 'upload') {
      return command
        .argument('[dir]')
        .argument('[dest]')
        .action((dir: string | undefined, _dest, _flags, self: Command) => run(name, dir, self));
    }
    // Optional to commander, because --print-config needs no argument, and our own message says what is missing.
    const argument = `[${usage.replace(/\W/g, '').toLowerCase()}]`;
    return command
      .argument(argument)
      .action((value: string | undefined, _flags, self: Command) => run(name, value, self));
  };

  const encode = addTitleOptions(add('encode', help.ENCODE_TEXT));
  addOutputOption(encode, '-n, --dry-run', 'show the plan and write nothing (as mediactl plan)');
  addSetupOptions(addOutputOptions(encode, true));
  addSetupOptions(addOutputOptions(addUploadOptions(add('upload', help.UPLOAD_TEXT)), true));
  addSetupOptions(addOutputOptions(addAccessOptions(add('ls', help.LS_TEXT)), false));
  addSetupOptions(addOutputOptions(addAccessOptions(addRemovalOptions(add('rm', help.RM_TEXT))), false));
  addSetupOptions(addOutputOptions(addTitleOptions(add('plan', help.PLAN_TEXT)), true));
  addSetupOptions(addOutputOptions(addSourceOptions(add('probe', help.PROBE_TEXT)), false));
  const ladders = addOutputOption(add('ladders', help.LADDERS_TEXT), '--json', 'JSON on stdout');
  addOutputOption(ladders, '--schema', 'the JSON Schema of ladder files, for editors');
  addSetupOptions(addOutputOptions(addDoctorOptions(add('doctor', help.DOCTOR_TEXT)), false));
  return program;
}
