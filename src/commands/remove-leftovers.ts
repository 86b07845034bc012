import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
  readonly onRemoval: () => void;
}

/** Said where the answer was no. */
export const NOTHING_REMOVED = 'nothing was removed';

/** What is left of interrupted runs where there is no title; nothing for a bucket. Throws MediactlError usage. */
export async function leftoversWithoutTitle(where: string, cwd: string): Promise<readonly Leftover[]> {
  const location = parseLocation(where);
  if (location.kind === 'gcs') return [];
  const path = resolve(cwd, location.path);
  const hasTitle = await stat(join(path, RECORD_NAME)).catch(() => null);
  return hasTitle ? [] : leftoversOf(path);
}

/**
 * `mediactl rm WHERE` for what interrupted runs have left: what stdout should get. Throws MediactlError output-busy, output-not-writable.
 */
export async function removeLeftovers(
  leftovers: readonly Leftover[],
  { settings }: CommandContext,
  { dryRun, yes, confirm, onRemoval }: Options,
): Promise<string> {
  const total = formatBytes(leftovers.reduce((sum, { bytes }) => sum + bytes, 0));
  const lines = leftovers.map(
    ({ folder, bytes }) => `${printable(folder)}: ${formatBytes(bytes)} left by an unfinished run`,
  );
  const text = lines.join('\n');
  const { json } = settings.output;
  const document = JSON.stringify({ dryRun, titles: [], leftovers }, null, 2);
  if (dryRun) return json ? document : `${text}\nwould remove ${total}`;
  if (!yes && !(await confirm?.(text, `Remove ${total}?`))) {
    return json ? JSON.stringify({ dryRun: true, titles: [], leftovers }, null, 2) : NOTHING_REMOVED;
  }
  onRemoval();
  for (const each of leftovers) await removeLeftover(each, `mediactl rm ${each.folder}`);
  if (json) return document;
  return [...(yes ? [text] : []), `removed ${total}`].join('\n');
}
