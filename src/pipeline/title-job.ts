import { join, parse, resolve } from 'node:path';
import type { Preset } from '../model/preset.js';
import type { OutputSettings, Settings, TitleSettings } from '../model/settings.js';
import { parseLocation, type Location } from '../storage/location.js';
import { fileNameOf, parseInput } from '../storage/remote-file/input-location.js';
import { expandTemplate } from './name-template.js';

/**
 * What decides a title, known before anything is read, as data that is the same after JSON: it can be kept, or done on
 * another machine. How it is made there is none of it (see WorkSettings).
 */
export interface TitleJob {
  /** INPUT as it was named; it may carry secrets. */
  readonly input: string;
  /** A folder by its absolute path. */
  readonly destination: Location;
  readonly ladder: Preset;
  readonly title: Omit<TitleSettings, 'ladder'>;
  /** See TitleRecord. Null: that of the title which is there, or with --force another. */
  readonly edition: string | null;
}

/** The job that INPUT and the settings ask for. Throws MediactlError usage. */
export function titleJob(
  input: string,
  ladder: Preset,
  settings: Pick<Settings, 'title' | 'output'>,
  cwd: string,
): TitleJob {
  const { ladder: _name, ...title } = settings.title;
  return { input, destination: destinationOf(input, settings.output, cwd), ladder, title, edition: null };
}

/**
 * `--to` or `-o`, which may have parts of the input's name in braces, or a folder in the working directory named after the
 * input without its extension. Throws MediactlError usage.
 */
export function destinationOf(input: string, { to, output }: OutputSettings, cwd: string): Location {
  const location = to === null ? null : parseLocation(expandTemplate(to, input));
  if (location?.kind === 'gcs') return location;
  const named = location?.path ?? (output === null ? null : expandTemplate(output, input));
  return { kind: 'folder', path: named === null ? folderNamedAfter(input, cwd) : resolve(cwd, named) };
}

function folderNamedAfter(input: string, cwd: string): string {
  const location = parseInput(input);
  const file = resolve(cwd, location.kind === 'file' ? location.path : fileNameOf(location));
  const folder = join(cwd, parse(file).name);
  return folder === file ? `${folder}-hls` : folder;
}
