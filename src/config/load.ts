import { MediactlError } from '../errors.js';
import type { SettingOrigins, Settings } from '../model/settings.js';
import { settleContradictions } from './contradictions.js';
import { findConfigFiles, type ConfigFile, type Environment } from './find-file.js';
import { configError } from './problems.js';
import { CONFIG_VARIABLE, environmentLayer, fileLayer, flagLayer } from './setting-layers.js';
import { DEFAULTS, eachSetting, settingsSchema } from './settings-schema.js';

export interface SettingsRequest {
  readonly cwd: string;
  readonly env: Environment;
  /** Flags by setting name; undefined means not given, and names that are no setting are left alone. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** --config FILE, or false for --no-config. Stronger than MEDIACTL_CONFIG. */
  readonly configFile?: string | false | undefined;
}

/**
 * The settings of a run, defaults < files < environment < flags, and where each came from.
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
  if (problems.length > 0) throw configError('the configuration', problems);

  const origins = eachSetting((key) => {
    const winner = given.find((candidate) => candidate.key === key);
    if (!winner) return { value: DEFAULTS[key], source: 'default' as const, where: 'built in' };
    return { value: winner.value, source: winner.source, where: winner.where };
  });
  return { settings: settingsSchema.parse(eachSetting((key) => origins[key].value)), origins };
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
