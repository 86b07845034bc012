import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command, Option } from 'commander';
import { SETTINGS } from '../../model/setting-table.js';
import { isSettingKey } from '../../model/settings.js';

/** What may follow: words, files or folders as the shell knows them, or something that nobody can complete. */
export interface Value {
  readonly words: readonly string[];
  readonly paths: 'files' | 'folders' | null;
}

export interface CompletedFlag {
  /** "-o", "--output". */
  readonly names: readonly string[];
  readonly text: string;
  /** Null: the flag takes no value. */
  readonly value: Value | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly text: string;
  readonly flags: readonly CompletedFlag[];
  readonly argument: Value;
  /** Of a group: what may follow its name. Empty for a command. */
  readonly commands: readonly CompletedCommand[];
}

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** All that a shell needs to complete mediactl's commands and flags, from the same source as the help. */
export function describeCommands(program: Command): CompletedCommand[] {
  const names = program.commands.map((command) => command.name());
  const commands = program.commands.map((command) => describeCommand(command, ''));
  const text = 'Show the help of a command.';
  return [...commands, { name: 'help', text, flags: [], argument: ofWords(names), commands: [] }];
}

function describeCommand(command: Command, group: string): CompletedCommand {
  const name = command.name();
  return {
    name,
    text: command.description(),
    flags: command.createHelp().visibleOptions(command).map(describeFlag),
    argument: argumentOf(`${group}${name}`),
    commands: command.commands.map((each) => describeCommand(each, `${name} `)),
  };
}

function describeFlag(option: Option): CompletedFlag {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const isFlagAlone = !option.required && !option.optional;
  return { names, text: option.description, value: isFlagAlone ? null : valueOf(option) };
}

function valueOf(option: Option): Value {
  const key = option.attributeName();
  if (key === 'ladder') return { words: ladderNames(), paths: 'files' };
  if (key === 'only') return ofWords(rungNames());
  if (option.argChoices !== undefined) return ofWords(option.argChoices);
  const kind = isSettingKey(key) ? SETTINGS[key].kind : null;
  if (kind?.type === 'choice') {
    return ofWords(kind.inCapitals ? kind.words.map((word) => word.toLowerCase()) : kind.words);
  }
  if (/<dir>/.test(option.flags)) return { words: [], paths: 'folders' };
  if (/<(file|path|receipt|dest)>/.test(option.flags)) return { words: [], paths: 'files' };
  return ofWords([]);
}

function argumentOf(command: string): Value {
  switch (command) {
    case 'encode':
    case 'plan':
    case 'probe':
      return { words: [], paths: 'files' };
    case 'package':
    case 'play':
    case 'upload':
    case 'ls':
    case 'rm':
    case 'beacon serve':
    case 'beacon report':
      return { words: [], paths: 'folders' };
    case 'ladders':
      return { words: ladderNames(), paths: 'files' };
    case 'completion':
      return ofWords(SHELLS);
    default:
      return ofWords([]);
  }
}

function ofWords(words: readonly string[]): Value {
  return { words, paths: null };
}

// presets/ stands beside src/ and dist/, so the same path works from both.
const LADDERS = fileURLToPath(new URL('../../../presets/', import.meta.url));

function ladderNames(): string[] {
  const files = readdirSync(LADDERS).filter((file) => file.endsWith('.json') && !file.endsWith('.schema.json'));
  return files.map((file) => file.replace(/\.json$/, '')).sort();
}

function rungNames(): string[] {
  const texts = ladderNames().map((name) => readFileSync(`${LADDERS}${name}.json`, 'utf8'));
  const names = texts.flatMap((text) => [...text.matchAll(/"name":\s*"(\d+p)"/g)].map(([, name = '']) => name));
  return [...new Set(names)].sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
}
