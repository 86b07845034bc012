import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { givenFlags } from '../../src/cli/given-flags.js';
import { settingOptions } from '../../src/cli/setting-options.js';
import { loadSettings } from '../../src/config/load.js';
import { flagName } from '../../src/config/setting-names.js';
import { SETTINGS } from '../../src/model/setting-table.js';
import { SETTING_KEYS, type SettingKey } from '../../src/model/settings.js';

/** What the command line gives, by setting name. */
function given(...argv: string[]): Record<string, unknown> {
  const command = new Command().exitOverride();
  for (const option of settingOptions(...SETTING_KEYS)) command.addOption(option);
  return givenFlags(command.parse(argv, { from: 'user' }));
}

/** An argument for each flag that wants one. */
const ARGUMENTS: Partial<Record<SettingKey, string>> = {
  audioLang: 'en',
  defaultAudioLang: 'en',
  fetch: 'always',
  storageClass: 'nearline',
  kmsKey: 'projects/p/locations/l/keyRings/r/cryptoKeys/k',
  acl: 'private',
  metadata: 'a=b',
  bwlimit: '10M',
  maxStaging: '1G',
  corsOrigins: 'https://example.com',
  coldClass: 'archive',
  encoderPreset: 'fast',
  rateControl: 'abr',
  decode: 'shared',
  format: 'cmaf',
  drm: 'cbcs',
  drmKeys: 'per-type',
  drmSystems: 'clearkey',
  licenseUrl: 'https://example.com/license',
  deinterlace: 'on',
  allowOrigin: 'http://localhost:3000',
  beacon: 'https://example.com/reports',
  rotateAt: '1M',
  auth: 'jwt:token.secret',
};

describe('the flags of a row', () => {
  const flags = SETTING_KEYS.flatMap((key) => SETTINGS[key].flags.map(({ notation }) => [notation, key] as const));

  test.each(flags)('%s gives %s', async (notation, key) => {
    const name = /--[a-z-]+/.exec(notation)?.[0] ?? '';
    const text = ARGUMENTS[key] ?? '7';
    const found = given(name, ...(notation.includes('<') ? [text] : []));
    expect(Object.keys(found)).toEqual([key]);
    const { origins } = await loadSettings({ cwd: '/', env: {}, flags: found, configFile: false });
    expect(origins[key]).toMatchObject({ source: 'flag', where: name });
    expect(flagName(key, found[key])).toBe(name);
    for (const other of SETTING_KEYS) if (other !== key) expect(origins[other].source).toBe('default');
  });

  test('a command may mean a setting in its own way, and the flag is the same', () => {
    const [own] = settingOptions({ force: 'in another way' });
    const [usual] = settingOptions('force');
    expect(own).toMatchObject({ long: '--force', description: 'in another way' });
    expect(usual?.description).not.toBe('in another way');
  });

  test('lists add up, values with commas stay apart', () => {
    expect(given('--only', 'a,b', '--only', 'c')).toEqual({ only: 'a,b,c' });
    expect(given('--metadata', 'a=b,c', '--metadata', 'd=e')).toEqual({ metadata: ['a=b,c', 'd=e'] });
  });
});
