import type { Command } from 'commander';

/** The flags that were given on the command line, by setting name. Flags that were not given are absent. */
export function givenFlags(command: Command): Record<string, unknown> {
  const given = Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli');
  const { fresh, ...flags } = Object.fromEntries<unknown>(given);
  return fresh === true ? { ...flags, resume: false } : flags;
}

/** The settings file that the user asked for: a path, false for --no-config, undefined to search for one. */
export function configFileOf(command: Command): string | false | undefined {
  if (command.getOptionValueSource('config') !== 'cli') return undefined;
  const value: unknown = command.getOptionValue('config');
  return typeof value === 'string' ? value : value === false ? false : undefined;
}
