import type { Settings } from '../model/settings.js';
import { SETTING_KEYS } from './settings-schema.js';

/** stallTimeout → MEDIACTL_STALL_TIMEOUT */
export function variableName(key: keyof Settings): string {
  return `MEDIACTL_${words(key, '_').toUpperCase()}`;
}

/** MEDIACTL_STALL_TIMEOUT → stallTimeout; null when there is no such setting. */
export function settingOfVariable(name: string): keyof Settings | null {
  return SETTING_KEYS.find((key) => variableName(key) === name) ?? null;
}

/** The flag as the user typed it: stallTimeout → --stall-timeout, keep (false) → --no-keep, resume (false) → --fresh. */
export function flagName(key: keyof Settings, value: unknown): string {
  if (key === 'resume' && value === false) return '--fresh';
  return `--${value === false ? 'no-' : ''}${words(key, '-')}`;
}

function words(key: string, separator: string): string {
  return key.replace(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`);
}
