import { lstat, readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';
import { MediactlError } from '../errors.js';

/**
 * The content of a data file in JSON, or in YAML (which includes names without an extension, as in cosmiconfig).
 * undefined when the file does not exist or is empty. This never runs code.
 * `shown`: the file's name in messages.
 *
 * @throws MediactlError('config') when the file exists and cannot be read, or is not well formed.
 */
export async function readData(file: string, shown: string = file): Promise<unknown> {
  const text = await readSmallFile(file, shown);
  if (text === undefined || text.trim() === '') return undefined;
  return extname(file) === '.json' ? parseJson(shown, text) : parseYaml(shown, text);
}

/** The text of a plain file of a sane size; undefined when there is none (a folder or a pipe does not count). */
export async function readSmallFile(file: string, shown: string = file): Promise<string | undefined> {
  // A pipe or a device in the working directory is not read, because that could wait for ever.
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return undefined;
  if (found.size > MOST_BYTES) throw unreadable(shown, `it is larger than ${MOST_BYTES / 1024} KiB`);
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw unreadable(shown, error instanceof Error ? error.message : String(error), error);
  }
}

/** Whether something has this name, whatever it is. */
export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Parses JSON; an error names the line and column of the mistake. */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /at position (\d+)/.exec(message)?.[1];
    const place = at === undefined ? '' : ` (${linePosition(text, Number(at))})`;
    throw malformed(
      file,
      'JSON',
      message.replace(/,? (in JSON )?at position .*$|, "[^]*" is not valid JSON$/, '') + place,
    );
  }
}

function parseYaml(file: string, text: string): unknown {
  try {
    const content: unknown = defaultLoaders['.yaml'](file, text);
    return content ?? undefined;
  } catch (error) {
    // The message is "YAML Error in FILE:", then the reason with (line:column), then a picture of the place.
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.split('\n')[1] ?? message;
    throw malformed(file, 'YAML', reason.replace(/\((\d+):(\d+)\)$/, '(line $1, column $2)'));
  }
}

const MOST_BYTES = 1024 * 1024;

function linePosition(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

function malformed(file: string, form: string, reason: string): MediactlError {
  return new MediactlError('config', `${file}: not well-formed ${form}: ${reason}`);
}

function unreadable(file: string, reason: string, cause?: unknown): MediactlError {
  return new MediactlError('config', `${file}: cannot be read: ${reason}`, { cause });
}
