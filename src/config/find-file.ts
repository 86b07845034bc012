import { realpath } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { defaultLoaders, getDefaultSearchPlaces } from 'cosmiconfig';
import { MediactlError } from '../errors.js';
import { exists, parseJson, readData, readSmallFile } from './read-data.js';

/** A configuration file's content and how far it is trusted. */
export interface ConfigFile {
  /** Absolute path. */
  readonly path: string;
  /** An object when the file is right; not checked yet. */
  readonly content: unknown;
  /**
   * The user chose the file (named it, or keeps it in the home folder), so it may say which programs to run. Any other
   * file may have come with the media.
   */
  readonly trusted: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The files a run takes its settings from, weakest first. A file the user names is the only one. Else the user's own
 * ($XDG_CONFIG_HOME/mediactl/config, .json, .yaml, .yml; ~/.config where XDG is not set), then the nearest of
 * package.json "mediactl", .mediactlrc.*, .config/mediactlrc.* and mediactl.config.* from `cwd` upwards to the home
 * folder or the root.
 *
 * This uses cosmiconfig's names and loaders, but not its search, because the search runs every .js file that it finds,
 * and code that package.json or .config/config.js in the working directory name for cosmiconfig itself. mediactl is run
 * in folders full of files from strangers, so code runs only when the user names it. A code file that is found on the
 * way is an error; it is never skipped in silence.
 *
 * @throws MediactlError('config')
 */
export async function findConfigFiles(options: {
  readonly cwd: string;
  readonly env: Environment;
  /** Named by the user, relative to `cwd`; null: search; false: no file at all. */
  readonly named: string | false | null;
}): Promise<ConfigFile[]> {
  const { cwd, env, named } = options;
  if (named === false) return [];
  if (named !== null) return [await readNamed(resolve(cwd, named))];
  const files = [await readUserFile(env), await searchUpwards(await real(resolve(cwd)), await realHome(env))];
  return files.filter((file) => file !== null);
}

const NAME = 'mediactl';
const CODE = /\.[cm]?[jt]s$/;
const EXTRA_PLACES = ['json', 'yaml', 'yml'].map((extension) => `${NAME}.config.${extension}`);
const PLACES = [...getDefaultSearchPlaces(NAME), ...EXTRA_PLACES];
const DATA_PLACES = PLACES.filter((place) => !CODE.test(place));
const CODE_PLACES = PLACES.filter((place) => CODE.test(place));

async function searchUpwards(start: string, home: string | null): Promise<ConfigFile | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const place of CODE_PLACES) {
      if (await exists(join(folder, place))) throw refused(join(folder, place));
    }
    for (const place of DATA_PLACES) {
      const path = join(folder, place);
      const content = place === 'package.json' ? await readPackageKey(path) : await readData(path);
      if (content === undefined) continue;
      await refuseSecond(folder, path);
      return { path, content, trusted: folder === home };
    }
    if (folder === home || folder === dirname(folder)) return null;
  }
}

/** Of two settings files in one folder nobody could tell which one is read. */
async function refuseSecond(folder: string, first: string): Promise<void> {
  for (const place of DATA_PLACES) {
    const path = join(folder, place);
    if (path === first || !(await hasSettings(path))) continue;
    throw new MediactlError('config', `${first} and ${path} are both settings files`, {
      reason: 'only one file of a folder is read',
      hint: 'merge them, or name one with --config',
    });
  }
}

async function hasSettings(path: string): Promise<boolean> {
  const content = path.endsWith('package.json') ? await readPackageKey(path) : await readData(path);
  return content !== undefined;
}

/** The settings under "mediactl" in package.json. A broken package.json without that key is not our concern. */
async function readPackageKey(path: string): Promise<unknown> {
  const text = await readSmallFile(path);
  if (text === undefined || !text.includes(`"${NAME}"`)) return undefined;
  const content = parseJson(path, text);
  return isRecord(content) ? content[NAME] : undefined;
}

async function readUserFile(env: Environment): Promise<ConfigFile | null> {
  const folder = userFolder(env);
  if (folder === null) return null;
  for (const name of ['config', 'config.json', 'config.yaml', 'config.yml']) {
    const path = join(folder, name);
    const content = await readData(path);
    if (content !== undefined) return { path, content, trusted: true };
  }
  return null;
}

async function readNamed(path: string): Promise<ConfigFile> {
  if (!(await exists(path))) throw new MediactlError('config', `${path}: there is no such settings file`);
  if (path.endsWith('.ts')) {
    throw new MediactlError('config', `${path}: TypeScript cannot be read`, { hint: 'write it as JSON, YAML or .mjs' });
  }
  if (CODE.test(path)) return { path, content: await runCode(path), trusted: true };
  const content = path.endsWith('package.json') ? await readPackageKey(path) : await readData(path);
  // An empty file is a file without settings. The checks that follow refuse anything that is not an object.
  return { path, content: content ?? {}, trusted: true };
}

async function runCode(path: string): Promise<unknown> {
  try {
    const content: unknown = await defaultLoaders['.js'](path, '');
    return content;
  } catch (error) {
    throw new MediactlError('config', `${path}: it failed when it was run`, { reason: String(error), cause: error });
  }
}

function refused(path: string): MediactlError {
  return new MediactlError('config', `${path} was found but not run`, {
    reason: 'mediactl runs no code from the folders it works in, because files there may come from strangers',
    hint: `write it as JSON or YAML (mediactl.config.json), name it (--config ${extname(path) === '.ts' ? 'FILE.mjs' : path}), or use --no-config`,
  });
}

function userFolder(env: Environment): string | null {
  const xdg = env['XDG_CONFIG_HOME'];
  // The XDG specification says that a relative path is invalid and must be ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, NAME);
  const home = homeOf(env);
  return home === null ? null : join(home, '.config', NAME);
}

function homeOf(env: Environment): string | null {
  const home = env['HOME'] ?? env['USERPROFILE'];
  return home === undefined || !isAbsolute(home) ? null : resolve(home);
}

/** Both ends of the search are resolved to real paths, so that the search meets the home folder on its way up. */
async function realHome(env: Environment): Promise<string | null> {
  const home = homeOf(env);
  return home === null ? null : real(home);
}

async function real(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
