import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import { RECORD_NAME } from '../model/title-files.js';
import { openDestination } from '../pipeline/delivery/destination.js';
import type { Place } from '../pipeline/delivery/place.js';
import { uploadedLeftover, type UploadedLeftover } from '../pipeline/titles/uploaded-leftover.js';
import { leftoversOf, removeLeftover, type Leftover } from '../pipeline/work/leftovers.js';
import { count, formatBytes } from '../report/format.js';
import { parseLocation, type Location } from '../storage/location.js';
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
 * `mediactl rm WHERE` for what interrupted runs have left, here and in a bucket: what stdout should get. Throws MediactlError
 * output-busy, output-not-writable, storage-….
 */
export async function removeLeftovers(
  leftovers: readonly Leftover[],
  context: CommandContext,
  { dryRun, yes, confirm, onRemoval }: Options,
): Promise<string> {
  const { settings } = context;
  const found: Found[] = [];
  for (const leftover of leftovers) {
    const open = (to: Location): Promise<Place> => openDestination(to, settings, context);
    const uploaded = await uploadedLeftover(leftover.folder, open).catch(nullWithoutBucket);
    found.push({ leftover, uploaded });
  }
  const total = formatBytes(
    found.reduce((sum, { leftover, uploaded }) => sum + leftover.bytes + (uploaded?.bytes ?? 0), 0),
  );
  const text = found.flatMap(describe).join('\n');
  const { json } = settings.output;
  if (dryRun) return json ? toJson(found, true) : `${text}\nwould remove ${total}`;
  if (!yes && !(await confirm?.(text, `Remove ${total}?`))) return json ? toJson(found, true) : NOTHING_REMOVED;
  onRemoval();
  for (const { leftover, uploaded } of found) {
    // The ledger by which objects are found goes after them.
    await removeLeftover(leftover, `mediactl rm ${leftover.folder}`, async () => uploaded?.remove());
  }
  if (json) return toJson(found, false);
  return [...(yes ? [text] : []), `removed ${total}`].join('\n');
}

/** With the bucket, all that was brought to it has gone. */
function nullWithoutBucket(error: unknown): null {
  if (error instanceof MediactlError && error.code === 'storage-not-found') return null;
  throw error;
}

interface Found {
  readonly leftover: Leftover;
  readonly uploaded: UploadedLeftover | null;
}

function describe({ leftover: { folder, bytes }, uploaded }: Found): string[] {
  const here = `${printable(folder)}: ${formatBytes(bytes)} left by an unfinished run`;
  if (!uploaded) return [here];
  const { destination, objects, bytes: there } = uploaded;
  return [here, `${printable(destination)}: ${count(objects, 'object')}, ${formatBytes(there)}, that it uploaded`];
}

function toJson(found: readonly Found[], dryRun: boolean): string {
  const leftovers = found.map(({ leftover: { folder, bytes }, uploaded }) => {
    if (!uploaded) return { folder, bytes, uploaded: null };
    const { destination, objects, bytes: there } = uploaded;
    return { folder, bytes, uploaded: { destination, objects, bytes: there } };
  });
  return JSON.stringify({ dryRun, titles: [], leftovers }, null, 2);
}
