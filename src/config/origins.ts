import { SETTING_KEYS, type SettingOrigins } from '../model/settings.js';
import { printable } from '../model/text.js';

/** The output of --print-config: each setting's value and where it came from, in columns or as JSON by setting. */
export function renderOrigins(origins: SettingOrigins, format: 'text' | 'json' = 'text'): string {
  if (format === 'json') return JSON.stringify(origins, null, 2);
  const rows = SETTING_KEYS.map((key) => {
    const { value, source, where } = origins[key];
    return {
      key,
      value: printable(JSON.stringify(value)),
      source: source === 'default' ? 'default' : `${source} ${printable(where)}`,
    };
  });
  const keyWidth = Math.max(...rows.map((row) => row.key.length));
  const valueWidth = Math.max(...rows.map((row) => row.value.length));
  return rows.map((row) => `${row.key.padEnd(keyWidth)}  ${row.value.padEnd(valueWidth)}  ${row.source}`).join('\n');
}
