import { MediactlError } from '../errors.js';
import { SETTINGS } from '../model/setting-table.js';
import {
  SETTING_KEYS,
  type SettingKey,
  type SettingOrigin,
  type SettingOrigins,
  type Settings,
} from '../model/settings.js';
import { groupSettings } from './check-setting.js';
import { settleContradictions } from './contradictions.js';
import { findConfigFiles, type ConfigFile, type Environment } from './find-file.js';
import { configError } from './problems.js';
import { CONFIG_VARIABLE, environmentLayer, fileLayer, flagLayer, type Given } from './setting-layers.js';

export interface SettingsRequest {
  readonly cwd: string;
  readonly env: Environment;
  /** Flags by setting name; undefined means not given, and names that are not settings are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** --config FILE, or false for --no-config. It overrides MEDIACTL_CONFIG. */
  readonly configFile?: string | false | undefined;
}

/**
 * Loads the settings of a run (defaults < files < environment < flags), and tells where each came from.
 *
 * @throws MediactlError('config') with every wrong key and value of all sources: the file, variable or flag, the key,
 *   its value, what was expected, the nearest right name.
 */
export async function loadSettings(request: SettingsRequest): Promise<{ settings: Settings; origins: SettingOrigins }> {
  const { files, failure } = await configFiles(request);
  const layers = [...files.map(fileLayer), environmentLayer(request.env), flagLayer(request.flags)];
  const { given, problems: contradictions } = settleContradictions(layers);
  const problems = [...layers.flatMap((layer) => layer.problems), ...contradictions];
  if (failure && problems.length === 0) throw failure;
  if (failure) problems.unshift(failure.message);
  if (problems.length > 0) throw configError('the settings', problems);

  const origins = originsOf(given);
  return { settings: groupSettings((key) => origins[key].value), origins };
}

function originsOf(given: readonly Given[]): SettingOrigins {
  const origins = Object.fromEntries(
    SETTING_KEYS.map((key): [SettingKey, SettingOrigin] => {
      const winner = given.find((candidate) => candidate.key === key);
      if (!winner) return [key, { value: SETTINGS[key].default, source: 'default', where: 'built in' }];
      return [key, { value: winner.value, source: winner.source, where: winner.where }];
    }),
  );
  if (hasEachSetting(origins)) return origins;
  throw new TypeError('a setting has no origin');
}

function hasEachSetting<T>(values: Readonly<Record<string, T>>): values is Readonly<Record<SettingKey, T>> {
  return SETTING_KEYS.every((key) => Object.hasOwn(values, key));
}

async function configFiles(
  request: SettingsRequest,
): Promise<{ files: readonly ConfigFile[]; failure: MediactlError | null }> {
  const { cwd, env, configFile } = request;
  try {
    const named = configFile ?? (env[CONFIG_VARIABLE] || null);
    return { files: await findConfigFiles({ cwd, env, named }), failure: null };
  } catch (error) {
    if (error instanceof MediactlError) return { files: [], failure: error };
    throw error;
  }
}
