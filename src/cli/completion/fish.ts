import type { CompletedCommand, CompletedFlag, Value } from './describe.js';

/** A completion script for fish 3 and newer. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = [
    '# fish completion for mediactl: mediactl completion fish | source',
    'complete -c mediactl -e',
    'complete -c mediactl -f',
    'complete -c mediactl -n __fish_use_subcommand -s h -l help -d "Show the help."',
    'complete -c mediactl -n __fish_use_subcommand -s V -l version -d "Show the version."',
    ...commands.map(({ name, text }) => `complete -c mediactl -n __fish_use_subcommand -a ${name} -d ${quoted(text)}`),
    ...commands.flatMap((command) => ofCommand(command, [])),
  ];
  return `${lines.join('\n')}\n`;
}

/** `groups`: the words before its name. */
function ofCommand(command: CompletedCommand, groups: readonly string[]): string[] {
  const words = [...groups, command.name];
  const names = command.commands.map(({ name }) => name);
  const before = `complete -c mediactl -n '${seen(words)}; and not __fish_seen_subcommand_from ${names.join(' ')}'`;
  return [
    ...command.commands.map(({ name, text }) => `${before} -a ${name} -d ${quoted(text)}`),
    ...command.commands.flatMap((each) => ofCommand(each, words)),
    ...(names.length > 0
      ? []
      : [
          ...ofValue(command.argument).map((rest) => `complete -c mediactl -n '${seen(words)}' ${rest}`),
          ...command.flags.map((flag) => `complete -c mediactl -n '${seen(words)}' ${ofFlag(flag)}`),
        ]),
  ];
}

function seen(words: readonly string[]): string {
  return words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
}

function ofFlag({ names, text, value }: CompletedFlag): string {
  const switches = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken = value === null ? [] : ['-r', ...ofValue(value)];
  return [...switches, ...taken, `-d ${quoted(text)}`].join(' ');
}

function ofValue({ words, paths }: Value): string[] {
  const folders = paths === 'folders' ? ['(__fish_complete_directories)'] : [];
  const list = [...words, ...folders];
  return [...(list.length === 0 ? [] : [`-a ${quoted(list.join(' '))}`]), ...(paths === 'files' ? ['-F'] : [])];
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
