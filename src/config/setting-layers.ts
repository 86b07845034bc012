import { dirname, resolve } from 'node:path';
import type { Settings, SettingSource } from '../model/settings.js';
import type { ConfigFile, Environment } from './find-file.js';
import { isLadderFile } from './ladder-name.js';
import { locate, mismatch, problemsOf, unknownName } from './problems.js';
import { flagName, settingOfVariable, variableName } from './setting-names.js';
import { KINDS, SETTING_KEYS, settingsSchema } from './settings-schema.js';

/** One source's settings, checked, and what is wrong with the others of it. */
export interface Layer {
  readonly given: readonly Given[];
  /** A line each, naming file, variable or flag. */
  readonly problems: readonly string[];
}

/** A setting that a source gives. */
export interface Given {
  readonly key: keyof Settings;
  readonly value: Settings[keyof Settings];
  readonly source: SettingSource;
  /** The file's path, the variable or the flag. */
  readonly where: string;
}

/** Names the configuration file; the one MEDIACTL_ variable that is no setting. */
export const CONFIG_VARIABLE = 'MEDIACTL_CONFIG';

/** A secret, so that it is a variable only and no setting: settings are shown, and kept in files. */
const TOKEN_VARIABLE = 'MEDIACTL_ACCESS_TOKEN';

/** A configuration file's settings. Paths in a file are relative to its folder. */
export function fileLayer(file: ConfigFile): Layer {
  const { content, path } = file;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return { given: [], problems: [locate(path, { path: '', text: mismatch(content, 'an object of settings') })] };
  }
  return collect(
    Object.entries(content).filter(([name]) => name !== '$schema'),
    (name, raw) => {
      const key = SETTING_KEYS.find((known) => known === name);
      if (key === undefined) return [locate(path, { path: name, text: unknownName('setting', name, SETTING_KEYS) })];
      const untrusted = file.trusted ? undefined : OWN_CHOICE[key];
      if (untrusted !== undefined) return [locate(path, { path: name, text: mayNotChoose(untrusted) })];
      return checked(
        key,
        raw,
        'file',
        path,
        (problem) => locate(path, problem),
        (value) => absolute(key, value, path),
      );
    },
  );
}

/** MEDIACTL_* variables; an empty one counts as not set. */
export function environmentLayer(env: Environment): Layer {
  const variables = Object.entries(env).filter(([name, value]) => name.startsWith('MEDIACTL_') && value !== '');
  return collect(
    variables.filter(([name]) => name !== CONFIG_VARIABLE && name !== TOKEN_VARIABLE),
    (name, text) => {
      const key = settingOfVariable(name);
      if (key !== null) return checked(key, fromText(key, text), 'environment', name, lineOf(key, name));
      const known = [...SETTING_KEYS.map(variableName), CONFIG_VARIABLE];
      return [locate(name, { path: '', text: unknownName('variable', name, known) })];
    },
  );
}

/** Flags by setting name, as text or as values; undefined is not given, and names that are no setting are left alone. */
export function flagLayer(flags: Readonly<Record<string, unknown>>): Layer {
  return collect(Object.entries(flags), (name, raw) => {
    const key = SETTING_KEYS.find((known) => known === name);
    if (key === undefined || raw === undefined) return [];
    const where = flagName(key, raw);
    return checked(key, fromText(key, raw), 'flag', where, lineOf(key, where));
  });
}

const PROGRAMS: ReadonlySet<keyof Settings> = new Set(['ffmpeg', 'ffprobe']);

const CREDENTIALS = 'who gets credentials';
/**
 * What only a file that the user trusts may say, and what that would be choosing. A token would be sent to whatever
 * address stands there, and a key file may name addresses, too. With an ACL, or in another bucket, a private title becomes public; what is
 * encrypted with somebody's key is lost when they take it away.
 */
const OWN_CHOICE: Readonly<Partial<Record<keyof Settings, string>>> = {
  ffmpeg: 'programs to run',
  ffprobe: 'programs to run',
  endpoint: CREDENTIALS,
  keyFile: CREDENTIALS,
  impersonate: CREDENTIALS,
  to: 'which bucket gets a title',
  acl: 'who may read a title',
  kmsKey: 'the key that a title is encrypted with',
  allowHttp: 'that sources are read from the web',
};

function mayNotChoose(what: string): string {
  return (
    `a file found in the working folders may not choose ${what}; expected in your own configuration file, ` +
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
  key: keyof Settings,
  raw: unknown,
  source: SettingSource,
  where: string,
  line: (problem: { path: string; text: string }) => string,
  adjust: (value: Given['value']) => Given['value'] = (value) => value,
): (Given | string)[] {
  const result = settingsSchema.shape[key].safeParse(raw);
  if (result.success) return [{ key, value: adjust(result.data), source, where }];
  return problemsOf(result.error).map(({ path, text }) => {
    const dot = path === '' || path.startsWith('[') ? '' : '.';
    return line({ path: `${key}${dot}${path}`, text });
  });
}

/** A variable or a flag is the setting; only what has keys of its own needs more to be found in it. */
function lineOf(key: keyof Settings, where: string): (problem: { path: string; text: string }) => string {
  const hasKeys = KINDS[key] === 'json' || KINDS[key] === 'pairs';
  return ({ path, text }) => (hasKeys && path !== key ? `${where}: ${path}: ${text}` : `${where}: ${text}`);
}

/** Text of a variable or a flag as the value the setting wants; left as it is when it does not read so. */
function fromText(key: keyof Settings, raw: unknown): unknown {
  if (KINDS[key] === 'list') return Array.isArray(raw) ? raw.flatMap(splitList) : splitList(raw);
  if (KINDS[key] === 'pairs' && Array.isArray(raw)) return fromPairs(raw) ?? raw;
  if (typeof raw !== 'string') return raw;
  const text = raw.trim();
  if (KINDS[key] === 'json' || (KINDS[key] === 'pairs' && text.startsWith('{'))) return fromJson(text) ?? raw;
  if (KINDS[key] === 'pairs') return fromPairs(splitList(text)) ?? raw;
  if (KINDS[key] === 'number') return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : raw;
  if (KINDS[key] === 'boolean') return BOOLEANS.get(text.toLowerCase()) ?? raw;
  return raw;
}

/** ["title=42"] → { title: "42" }; null when one is no pair. */
function fromPairs(items: readonly unknown[]): Readonly<Record<string, string>> | null {
  const pairs = items.map((item) => (typeof item === 'string' ? /^([^=]+)=([^]*)$/.exec(item) : null));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1]?.trim() ?? '', pair[2] ?? '']] : [])));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function splitList(raw: unknown): unknown[] {
  if (typeof raw !== 'string') return [raw];
  return raw.split(',').flatMap((item) => item.trim() || []);
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

function absolute(key: keyof Settings, value: Given['value'], file: string): Given['value'] {
  if (typeof value !== 'string') return value;
  const isPath =
    key === 'output' ||
    key === 'keyFile' ||
    key === 'receipt' ||
    (key === 'to' && !value.includes('://')) ||
    (key === 'ladder' && isLadderFile(value)) ||
    (PROGRAMS.has(key) && /[/\\]/.test(value));
  return isPath ? resolve(dirname(file), value) : value;
}
