import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import { RECORD_NAME } from '../model/title-files.js';
import { leftoversOf, removeLeftover, type Leftover } from '../pipeline/work/leftovers.js';
import { formatBytes } from '../report/format.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';

/** See RemoveOptions. */
interface Options {
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly confirm: ((text: string, question: string) => Promise<boolean>) | null;
}

/** What is left of interrupted runs where there is no title; nothing for a bucket. Throws MediactlError usage. */
export async function leftoversWithoutTitle(where: string, cwd: string): Promise<readonly Leftover[]> {
  const location = parseLocation(where);
  if (location.kind === 'gcs') return [];
  const path = resolve(cwd, location.path);
  const hasTitle = await stat(join(path, RECORD_NAME)).catch(() => null);
  return hasTitle ? [] : leftoversOf(path);
}

/**
 * `mediactl rm WHERE` for what interrupted runs have left: what stdout should get. Throws MediactlError: interrupted (the
 * answer was no), output-busy, output-not-writable.
 */
export async function removeLeftovers(
  leftovers: readonly Leftover[],
  { settings }: CommandContext,
  { dryRun, yes, confirm }: Options,
): Promise<string> {
  const total = formatBytes(leftovers.reduce((sum, { bytes }) => sum + bytes, 0));
  const lines = leftovers.map(
    ({ folder, bytes }) => `${printable(folder)}: ${formatBytes(bytes)} of a run that came to no end`,
  );
  const text = lines.join('\n');
  const { json } = settings.output;
  const document = JSON.stringify({ dryRun, titles: [], leftovers }, null, 2);
  if (dryRun) return json ? document : `${text}\nwould remove ${total}`;
  if (!yes && !(await confirm?.(text, `Remove ${total}?`))) {
    throw new MediactlError('interrupted', 'nothing was removed', { reason: 'the answer was not yes' });
  }
  for (const each of leftovers) await removeLeftover(each, `mediactl rm ${each.folder}`);
  if (json) return document;
  return [...(yes ? [text] : []), `removed ${total}`].join('\n');
}
