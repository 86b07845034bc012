import { readdir } from 'node:fs/promises';
import { basename, join, parse, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MediactlError } from '../errors.js';
import { isLadderFile } from '../model/ladder-name.js';
import type { Preset } from '../model/preset.js';
import { nearest, printable } from '../model/text.js';
import { presetNotes } from './preset-rules.js';
import { presetSchema } from './preset-schema.js';
import { configError, locate, problemsOf, show } from './problems.js';
import { exists, readData } from './read-data.js';

/** The built-in ladders, by name. */
export async function listPresets(): Promise<Preset[]> {
  return Promise.all((await builtInNames()).map((name) => readPreset(builtInFile(name))));
}

/**
 * Loads a ladder by the name of a built-in one, or by the path of a ladder file (JSON or YAML; relative to `cwd`). A
 * name never means a file, so that a file in the working directory cannot replace a built-in ladder.
 *
 * @throws MediactlError('config') naming the file, each field, its value, what was expected, the nearest right name.
 */
export async function loadPreset(nameOrFile: string, cwd: string): Promise<Preset> {
  if (isLadderFile(nameOrFile)) return readPreset(resolve(cwd, nameOrFile), nameOrFile);
  const names = await builtInNames();
  if (names.includes(nameOrFile)) return readPreset(builtInFile(nameOrFile));
  throw await unknownLadder(nameOrFile, names, cwd);
}

/** Checks the content of a ladder file. `where` is the file's name in messages. */
function parsePreset(content: unknown, where: string): Preset {
  const result = presetSchema.safeParse(content);
  if (!result.success) {
    const lines = problemsOf(result.error).map((problem) => locate(where, problem));
    throw configError(
      `ladder ${printable(where)}`,
      lines,
      'mediactl ladders --schema shows what a ladder file may contain',
    );
  }
  const notes = presetNotes(result.data);
  return notes.length === 0 ? result.data : { ...result.data, notes };
}

// presets/ stands beside src/ and dist/, so the same path works from both.
const FOLDER = fileURLToPath(new URL('../../presets/', import.meta.url));
const SCHEMA_SUFFIX = '.schema.json';

async function builtInNames(): Promise<string[]> {
  const files = await readdir(FOLDER);
  return files
    .filter((file) => file.endsWith('.json') && !file.endsWith(SCHEMA_SUFFIX))
    .map((file) => basename(file, '.json'))
    .sort();
}

function builtInFile(name: string): string {
  return join(FOLDER, `${name}.json`);
}

async function readPreset(file: string, shown: string = file): Promise<Preset> {
  const content = await readData(file, shown);
  if (content !== undefined) return parsePreset(content, shown);
  const reason = (await exists(file)) ? 'it is empty, or not a file' : 'there is no such file';
  const near = nearest(parse(file).name, await builtInNames());
  throw new MediactlError('config', `ladder ${show(shown)} cannot be read: ${reason}`, {
    hint: near === null ? 'mediactl ladders lists the built-in ones' : `did you mean the built-in "${near}"?`,
  });
}

async function unknownLadder(name: string, names: readonly string[], cwd: string): Promise<MediactlError> {
  const near = nearest(name, names);
  const suggestion = near === null ? '' : `; did you mean "${near}"?`;
  const file = name === '' ? null : await fileNamed(name, cwd);
  return new MediactlError('config', `there is no ladder ${show(name)}${suggestion}`, {
    reason: `the built-in ladders are ${names.join(', ')}`,
    hint:
      file === null
        ? 'name one of these, or the path of a ladder file'
        : `to use the file of that name, write ./${printable(file)}`,
  });
}

/** The file in `cwd` that was meant by its name, or by its name without the ending. */
async function fileNamed(name: string, cwd: string): Promise<string | null> {
  for (const file of [name, `${name}.json`, `${name}.yaml`, `${name}.yml`]) {
    if (await exists(resolve(cwd, file))) return file;
  }
  return null;
}
