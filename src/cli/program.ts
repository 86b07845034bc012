import { Command } from 'commander';
import { commandHelp } from './command-help.js';
import { COMMANDS, overview } from './help-text.js';
import { addOptions } from './options.js';

export type CommandName = keyof typeof COMMANDS;

/** Does the work of a command. `argument` is its INPUT, NAME, WHERE, DIR or DEST. */
export type RunCommand = (name: CommandName, argument: string | undefined, command: Command) => Promise<void>;

/**
 * The tree of commands. Parsing throws a CommanderError for wrong usage, and after it has shown help. `width`: columns
 * of the help.
 */
export function buildProgram(version: string, width: number, run: RunCommand): Command {
  const program = new Command('mediactl')
    .version(version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(false)
    .exitOverride();
  program.helpInformation = () => overview(width);
  for (const name of Object.keys(COMMANDS).filter(isCommand)) addCommand(program, name, width, run);
  return program;
}

function addCommand(program: Command, name: CommandName, width: number, run: RunCommand): void {
  const { usage, does } = COMMANDS[name];
  const command = program.command(name).description(does).usage(`${usage} [flags]`);
  addOptions(command, name);
  command.helpInformation = () => commandHelp(name, command, width);
  if (name === 'upload') {
    command
      .argument('[dir]')
      .argument('[dest]')
      .action((dir: string | undefined, _dest, _flags, self: Command) => run(name, dir, self));
    return;
  }
  if (name === 'encode') {
    command
      .argument('[input...]')
      .action((inputs: readonly string[], _flags, self: Command) => run(name, inputs[0], self));
    return;
  }
  // Optional to commander, because --print-config needs no argument, and our own message says what is missing.
  command
    .argument(`[${usage.replace(/\W/g, '').toLowerCase()}]`)
    .action((value: string | undefined, _flags, self: Command) => run(name, value, self));
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}
