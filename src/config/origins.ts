import type { Preset } from '../model/preset.js';
import { SETTING_KEYS, type SettingKey, type SettingOrigins } from '../model/settings.js';
import { printable } from '../model/text.js';
import { asWritten, inForceForNull } from './in-force.js';

/**
 * The output of --print-config: for each setting the value in force and where it came from, in columns or as JSON by
 * setting. `ladder`: the ladder in force, which decides what no setting does; null: it cannot be read.
 */
export function renderOrigins(origins: SettingOrigins, format: 'text' | 'json', ladder: Preset | null): string {
  if (format === 'json') return JSON.stringify(document(origins, ladder), null, 2);
  const rows = SETTING_KEYS.map((key) => {
    const { source, where } = origins[key];
    return {
      key,
      value: printable(valueText(key, origins, ladder)),
      source: source === 'default' ? 'default' : `${source} ${printable(where)}`,
    };
  });
  const keyWidth = Math.max(...rows.map((row) => row.key.length));
  const valueWidth = Math.max(...rows.map((row) => row.value.length));
  return rows.map((row) => `${row.key.padEnd(keyWidth)}  ${row.value.padEnd(valueWidth)}  ${row.source}`).join('\n');
}

function valueText(key: SettingKey, origins: SettingOrigins, ladder: Preset | null): string {
  const { value } = origins[key];
  const inForce = value === null ? inForceForNull(key, ladder) : null;
  if (inForce === null) return asWritten(key, value);
  return 'rule' in inForce ? `(${inForce.rule})` : `${asWritten(key, inForce.value)} (${inForce.from})`;
}

function document(origins: SettingOrigins, ladder: Preset | null): Record<string, unknown> {
  return Object.fromEntries(
    SETTING_KEYS.map((key) => {
      const { value, source, where } = origins[key];
      const inForce = value === null ? inForceForNull(key, ladder) : null;
      const effective = inForce !== null && 'value' in inForce ? inForce.value : value;
      return [key, { value, effective, source, where }];
    }),
  );
}
