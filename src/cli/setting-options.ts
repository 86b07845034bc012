import { Option } from 'commander';
import { excludedBy } from '../model/exclusions.js';
import type { Kind } from '../model/setting-kinds.js';
import type { Flag } from '../model/setting-row.js';
import { SETTINGS } from '../model/setting-table.js';
import { isSettingKey, type SettingKey } from '../model/settings.js';

/**
 * New options for the flags of these settings. A command that gives a setting a meaning of its own passes an object of
 * setting names and help texts; a text is that of the first flag of its setting.
 */
export function settingOptions(
  ...keys: readonly (SettingKey | Readonly<Partial<Record<SettingKey, string>>>)[]
): readonly Option[] {
  return keys.flatMap((key) =>
    typeof key === 'string'
      ? optionsOf(key, null)
      : Object.entries(key).flatMap(([name, help]) => optionsOf(name, help)),
  );
}

/** The same options, under a heading of the help. */
export function grouped(heading: string, options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.helpGroup(heading));
}

/** The same options, which are taken and not shown. */
export function hidden(options: readonly Option[]): readonly Option[] {
  return options.map((option) => option.hideHelp());
}

function optionsOf(key: string, help: string | null): readonly Option[] {
  if (!isSettingKey(key)) throw new TypeError(`there is no setting ${key}`);
  const { kind, flags } = SETTINGS[key];
  return flags.map((flag, i) => {
    const option = optionOf(flag, kind, i === 0 ? (help ?? flag.help) : flag.help);
    return option.conflicts(excludedBy(key));
  });
}

function optionOf({ notation, conflicts }: Flag, kind: Kind, help: string | null): Option {
  const option = new Option(notation, help ?? '');
  if (help === null) option.hideHelp();
  if (conflicts !== null) option.conflicts(conflicts);
  if (kind.type === 'list') option.argParser(joined);
  if (kind.type === 'metadata') option.argParser(collected);
  return option;
}

// "--only 720p --only 480p" means "--only 720p,480p".
function joined(value: string, before: unknown): string {
  return typeof before === 'string' ? `${before},${value}` : value;
}

// A value may contain commas, so the values stay apart.
function collected(value: string, before: unknown): readonly unknown[] {
  const all: readonly unknown[] = Array.isArray(before) ? before : [];
  return [...all, value];
}
