import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { SETTINGS } from '../model/setting-table.js';
import { isSettingKey, SETTING_KEYS, type SettingKey, type SettingSource } from '../model/settings.js';
import { nearest } from '../model/text.js';
import { checkSetting } from './check-setting.js';
import type { ConfigFile, Environment } from './find-file.js';
import { locate, mismatch, unknownName, type Problem } from './problems.js';
import { flagName, settingOfVariable, variableName } from './setting-names.js';
import { hasKeys, valueFromText } from './setting-text.js';

/** The settings of one source: those that passed the checks, and the problems of those that did not. */
export interface Layer {
  readonly given: readonly Given[];
  /** Each is one line that names the file, variable or flag. */
  readonly problems: readonly string[];
}

/** A setting that a source gives. */
export interface Given {
  readonly key: SettingKey;
  readonly value: unknown;
  readonly source: SettingSource;
  /** The file's path, the variable or the flag. */
  readonly where: string;
}

/** The variable that names the configuration file; it is not a setting. */
export const CONFIG_VARIABLE = 'MEDIACTL_CONFIG';

/** Variables with tokens, for buckets and for licences. They are no settings, because settings are printed and kept in files. */
const TOKEN_VARIABLES: ReadonlySet<string> = new Set(['MEDIACTL_ACCESS_TOKEN', 'MEDIACTL_LICENSE_TOKEN']);

/** The settings of a configuration file. Paths in a file are relative to its folder. */
export function fileLayer(file: ConfigFile): Layer {
  const { content, path } = file;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { given: [], problems: [locate(path, { path: '', text: mismatch(content, 'an object of settings') })] };
  }
  return collect(
    Object.entries(content).filter(([name]) => name !== '$schema'),
    (name, raw) => {
      if (!isSettingKey(name)) {
        return [locate(path, { path: name, text: unknownName('setting', name, SETTING_KEYS) })];
      }
      const chooses = file.trusted ? null : SETTINGS[name].trustedOnly;
      if (chooses !== null) return [locate(path, { path: name, text: mayNotChoose(chooses) })];
      const given = checked(name, raw, 'file', path, (problem) => locate(path, problem)).map((one) =>
        typeof one === 'string' ? one : { ...one, value: absolute(name, one.value, path) },
      );
      const leads = !file.trusted && name === 'output' && given.some((one) => leadsOut(one, path));
      return leads ? [locate(path, { path: name, text: mayNotChoose('a folder outside its own') })] : given;
    },
  );
}

/** The settings of MEDIACTL_* variables; an empty variable counts as not set. */
export function environmentLayer(env: Environment): Layer {
  const variables = Object.entries(env).filter(([name, value]) => name.startsWith('MEDIACTL_') && value !== '');
  return collect(
    variables.filter(([name]) => name !== CONFIG_VARIABLE && !TOKEN_VARIABLES.has(name)),
    (name, text) => {
      const key = settingOfVariable(name);
      if (key !== null)
        return checked(key, valueFromText(SETTINGS[key].kind, text), 'environment', name, lineOf(key, name));
      return [locate(name, { path: '', text: unknownVariable(name) })];
    },
  );
}

/** The settings of flags, by setting name, as text or as values. undefined means not given; other names are ignored. */
export function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  return collect(Object.entries(flags), (name, raw) => {
    if (!isSettingKey(name) || raw === undefined) return [];
    const where = flagName(name, raw);
    return checked(name, valueFromText(SETTINGS[name].kind, raw), 'flag', where, lineOf(name, where));
  });
}

// Without what all variables begin with, which would make each look like any other.
function unknownVariable(name: string): string {
  const bare = (variable: string): string => variable.replace('MEDIACTL_', '');
  const near = nearest(bare(name), [...SETTING_KEYS.map(variableName), CONFIG_VARIABLE].map(bare));
  if (near === null) return unknownName('variable', '', SETTING_KEYS);
  return `unknown variable; did you mean MEDIACTL_${near}?`;
}

/** Where a title is written is not for a file to say that may have come with the media; beside it is where it came to. */
function leadsOut(one: Given | string, file: string): boolean {
  if (typeof one === 'string' || typeof one.value !== 'string') return false;
  const way = relative(dirname(file), one.value);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

function mayNotChoose(what: string): string {
  return (
    `a settings file found in or above the working folder may not choose ${what}: give it in your own settings file, ` +
    'a file named with --config, a MEDIACTL_ variable or a flag'
  );
}

function collect<T>(
  entries: readonly [string, T][],
  read: (name: string, raw: T) => readonly (Given | string)[],
): Layer {
  const results = entries.flatMap(([name, raw]) => read(name, raw));
  return {
    given: results.filter((result) => typeof result !== 'string'),
    problems: results.filter((result) => typeof result === 'string'),
  };
}

function checked(
  key: SettingKey,
  raw: unknown,
  source: SettingSource,
  where: string,
  line: (problem: Problem) => string,
): (Given | string)[] {
  const result = checkSetting(key, raw);
  if ('value' in result) return [{ key, value: result.value, source, where }];
  return result.map(({ path, text }) => {
    const dot = path === '' || path.startsWith('[') ? '' : '.';
    return line({ path: `${key}${dot}${path}`, text });
  });
}

/** A variable or a flag names its setting already; only a value with keys of its own needs a path inside it. */
function lineOf(key: SettingKey, where: string): (problem: Problem) => string {
  const showsPath = hasKeys(SETTINGS[key].kind);
  return ({ path, text }) => (showsPath && path !== key ? `${where}: ${path}: ${text}` : `${where}: ${text}`);
}

function absolute(key: SettingKey, value: unknown, file: string): unknown {
  const { kind } = SETTINGS[key];
  if (typeof value !== 'string') return value;
  const isPath = kind.type === 'file-or-none' || (kind.type === 'text' && kind.isPath(value));
  return isPath ? resolve(dirname(file), value) : value;
}
