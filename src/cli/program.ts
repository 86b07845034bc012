import { Command, Option } from 'commander';
import { commandHelp } from './command-help.js';
import { COMMANDS, groupHelp, GROUPS, overview } from './help-text.js';
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

export interface NamedCommand {
  /** In full: "beacon serve". */
  readonly name: CommandName;
  readonly command: Command;
}

/** All commands that do something: of a group, what is in it. */
export function commandsOf(program: Command, before = ''): readonly NamedCommand[] {
  return program.commands.flatMap((command) => {
    const name = `${before}${command.name()}`;
    return isCommand(name) ? [{ name, command }] : commandsOf(command, `${name} `);
  });
}

/** The group that a command of two words is in: made with the first of them. */
function groupFor(program: Command, name: string, width: number): Command {
  const there = program.commands.find((command) => command.name() === name);
  if (there !== undefined) return there;
  if (!isGroup(name)) throw new TypeError(`there is no group ${name}`);
  const group = program.command(name).description(GROUPS[name]).usage('COMMAND [flags]').helpCommand(false);
  group.addHelpOption(new Option('-h, --help', 'show this help'));
  group.helpInformation = () => groupHelp(name, width);
  return group;
}

function isGroup(name: string): name is keyof typeof GROUPS {
  return Object.hasOwn(GROUPS, name);
}

function addCommand(program: Command, name: CommandName, width: number, run: RunCommand): void {
  const { usage, does } = COMMANDS[name];
  const [first = '', second] = name.split(' ');
  const parent = second === undefined ? program : groupFor(program, first, width);
  const command = parent
    .command(second ?? first)
    .description(does)
    .usage(`${usage} [flags]`.trim());
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
  if (usage === '') {
    command.action((_flags, self: Command) => run(name, undefined, self));
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
