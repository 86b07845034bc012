import { SETTINGS } from '../model/setting-table.js';
import { SETTING_KEYS, type SettingKey } from '../model/settings.js';

/** stallTimeout → MEDIACTL_STALL_TIMEOUT */
export function variableName(key: SettingKey): string {
  return `MEDIACTL_${words(key, '_').toUpperCase()}`;
}

/** MEDIACTL_STALL_TIMEOUT → stallTimeout; null when there is no such setting. */
export function settingOfVariable(name: string): SettingKey | null {
  return SETTING_KEYS.find((key) => variableName(key) === name) ?? null;
}

/** The flag that gives a value: stallTimeout → --stall-timeout, keep (false) → --no-keep, resume (false) → --fresh. */
export function flagName(key: SettingKey, value: unknown): string {
  const name = `--${words(key, '-')}`;
  if (value !== false) return name;
  const names = SETTINGS[key].flags.flatMap(({ notation }) => /--[a-z-]+/.exec(notation) ?? []);
  return names.find((other) => other !== name) ?? `--no-${words(key, '-')}`;
}

function words(key: string, separator: string): string {
  return key.replace(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`);
}
