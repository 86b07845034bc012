import type { z } from 'zod';
import type { SettingGroup } from '../model/setting-row.js';
import { SETTINGS } from '../model/setting-table.js';
import { SETTING_KEYS, type SettingKey, type Settings, type SettingsOf } from '../model/settings.js';
import { schemaOf } from './kind-schema.js';
import { problemsOf, type Problem } from './problems.js';

/**
 * Checks a value of the setting's own type: that of a file, or that of a variable or flag once its text is read. Gives
 * the value to use, or what is wrong.
 */
export function checkSetting(key: SettingKey, raw: unknown): { readonly value: unknown } | readonly Problem[] {
  const { success, data, error } = schemaFor(key).safeParse(raw);
  return success ? { value: data } : problemsOf(error);
}

/** Settings in their groups. `valueOf` must give checked values; a TypeError otherwise. */
export function groupSettings(valueOf: (key: SettingKey) => unknown): Settings {
  return {
    title: groupOf('title', valueOf),
    work: groupOf('work', valueOf),
    access: groupOf('access', valueOf),
    objects: groupOf('objects', valueOf),
    output: groupOf('output', valueOf),
    play: groupOf('play', valueOf),
    service: groupOf('service', valueOf),
  };
}

function groupOf<G extends SettingGroup>(group: G, valueOf: (key: SettingKey) => unknown): SettingsOf<G> {
  const values = Object.fromEntries(keysOf(group).map((key) => [key, valueOf(key)]));
  if (holdsGroup(group, values)) return values;
  throw new TypeError(`the ${group} settings are not of their types: ${JSON.stringify(values)}`);
}

function holdsGroup<G extends SettingGroup>(
  group: G,
  values: Readonly<Record<string, unknown>>,
): values is SettingsOf<G> {
  return keysOf(group).every((key) => schemaFor(key).safeParse(values[key]).success);
}

function keysOf(group: SettingGroup): readonly SettingKey[] {
  return SETTING_KEYS.filter((key) => SETTINGS[key].group === group);
}

const SCHEMAS = new Map<SettingKey, z.ZodType>();

function schemaFor(key: SettingKey): z.ZodType {
  const known = SCHEMAS.get(key);
  if (known) return known;
  const { kind, isNullable } = SETTINGS[key];
  const schema = isNullable ? schemaOf(kind).nullable() : schemaOf(kind);
  SCHEMAS.set(key, schema);
  return schema;
}
