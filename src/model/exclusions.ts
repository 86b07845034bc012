import type { SettingKey } from './settings.js';

/** A setting that somebody has given; with `value`, only where it is that. */
export interface Condition {
  readonly key: SettingKey;
  readonly value?: string;
}

/** Settings that exclude each other. The command line refuses their flags, and what is given elsewhere is settled. */
export const EXCLUSIONS: readonly (readonly [Condition, Condition])[] = [
  [{ key: 'quiet' }, { key: 'verbose' }],
  [{ key: 'output' }, { key: 'to' }],
  [{ key: 'audioTracks' }, { key: 'audioLang' }],
  [{ key: 'rateControl', value: 'abr' }, { key: 'crf' }],
];

/** Whether what a setting has been given counts: null and false are no choice. */
export function holds({ value: wanted }: Condition, value: unknown): boolean {
  return wanted === undefined ? value !== null && value !== false : value === wanted;
}

/** Settings whose flags cannot go with those of `key`, whatever their values. */
export function excludedBy(key: SettingKey): SettingKey[] {
  return EXCLUSIONS.flatMap(([a, b]) => {
    if (a.value !== undefined || b.value !== undefined) return [];
    if (a.key === key) return [b.key];
    return b.key === key ? [a.key] : [];
  });
}
