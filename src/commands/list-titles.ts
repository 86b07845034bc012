import { join } from 'node:path';
import { asReadError } from '../errors/disk.js';
import { printable, shellCommand } from '../model/text.js';
import { summarise, type TitleSummary } from '../pipeline/titles/title-summary.js';
import { findTitles, type FoundTitles, type SumOf } from '../pipeline/titles/titles.js';
import { leftoversBelow, leftoversOf, type Leftover } from '../pipeline/work/leftovers.js';
import { count, formatBytes, formatLength } from '../report/format.js';
import { createStyle } from '../report/style.js';
import { layOutTable, type Column } from '../report/table.js';
import { crc32cOfFile } from '../storage/crc32c.js';
import type { CommandContext } from './context.js';
import { openExisting } from './open-existing.js';

/** What is printed, and where. */
export interface Printed {
  /** Columns of the terminal; Infinity where nothing limits a line. */
  readonly columns: number;
  readonly color: boolean;
}

/**
 * `mediactl ls WHERE`: what stdout should get. `check`: files of a folder are read, and compared by checksum; a bucket
 * has the checksums of its objects anyway. Throws MediactlError usage, input-not-found, input-unreadable, storage-….
 */
export async function listTitles(
  where: string,
  context: CommandContext,
  { check, ...printed }: Printed & { readonly check: boolean },
): Promise<string> {
  const { storage, name, folder } = await openExisting(where, context);
  const sumOf = check && folder === name ? sumsIn(folder, context.signal) : undefined;
  const found = await findTitles(storage, (title) => summarise(title, name), sumOf);
  // Of a title in a bucket it is in the working directory.
  const leftovers = await (folder === name ? leftoversBelow(folder) : leftoversOf(folder));
  const told = { found, leftovers, check };
  return context.settings.output.json ? toJson(name, told) : toText(name, told, printed);
}

interface Told {
  readonly found: FoundTitles<TitleSummary>;
  readonly leftovers: readonly Leftover[];
  readonly check: boolean;
}

function sumsIn(folder: string, signal: AbortSignal): SumOf {
  return async ({ path }) => {
    const file = join(folder, path);
    try {
      return (await crc32cOfFile(file, signal)).crc32c;
    } catch (error) {
      throw asReadError(error, file);
    }
  };
}

function toJson(location: string, { found: { titles, unreadable, others }, leftovers }: Told): string {
  const strange = unreadable.map(({ root, reason }) => ({ name: root, reason }));
  return JSON.stringify({ location, titles, unreadable: strange, leftovers, others }, null, 2);
}

// The name and whether it is whole are never left out. `things`: what a title is made of there, "objects" or "files".
const columnsOf = (things: string): readonly Column[] => [
  { title: 'title', align: 'left' },
  { title: 'length', align: 'right', spare: 2 },
  { title: 'rungs', align: 'left', spare: 4 },
  { title: 'audio', align: 'left', spare: 7 },
  { title: things, align: 'right', spare: 5 },
  { title: 'size', align: 'right', spare: 1 },
  { title: 'finished (UTC)', align: 'left', spare: 3 },
  { title: 'older', align: 'right', spare: 6 },
  { title: 'state', align: 'left' },
];

function toText(name: string, { found, leftovers, check }: Told, { columns, color }: Printed): string {
  const { titles, unreadable, others } = found;
  const style = createStyle({ color, unicode: true });
  const thing = name.startsWith('gs://') ? 'object' : 'file';
  const [head = '', ...rows] = layOutTable(columnsOf(`${thing}s`), titles.map(cells), columns);
  const table = titles.length === 0 ? [] : [style.faint(head), ...rows];
  const notes = [
    ...(titles.length === 0 ? [`no titles below ${printable(name)}`] : []),
    ...(titles.length > 1 ? [`${count(titles.length, 'title')}, ${formatBytes(sum(titles))}`] : []),
    ...comparedBy(titles, check, thing),
    ...unreadable.map(({ root, reason }) =>
      style.caution(
        `! ${printable(root === '' ? name : root)}: not a title that this version of mediactl can read: ${reason}`,
      ),
    ),
    ...leftovers.map(({ folder, bytes }) =>
      style.caution(
        `! ${printable(folder)}: ${formatBytes(bytes)} left by an unfinished run; ${shellCommand(['mediactl', 'rm', folder])} removes them`,
      ),
    ),
    ...(others.objects > 0
      ? [`${count(others.objects, thing)}, ${formatBytes(others.bytes)}, not part of any title`]
      : []),
  ];
  return [...table, ...notes].join('\n');
}

/** Nothing to say where all was compared by checksum, as in a bucket, unless that was asked for. */
function comparedBy(titles: readonly TitleSummary[], check: boolean, thing: string): string[] {
  const bySize = titles.reduce((total, { compared }) => total + compared.bySize, 0);
  if (titles.length === 0 || (bySize === 0 && !check)) return [];
  if (bySize === 0) return ['compared by size and checksum'];
  return check
    ? [`compared by size and checksum; ${count(bySize, thing)} by size only, because the record has no checksum`]
    : ['compared by size; --check also reads the files and compares their checksums'];
}

function cells(title: TitleSummary): string[] {
  const { missing, changed, state, kept } = title;
  const languages = title.audio.map((audio) => audio.replace(/^audio-(?=.)/, ''));
  const wrong = [...(missing > 0 ? [`${missing} missing`] : []), ...(changed > 0 ? [`${changed} changed`] : [])];
  return [
    ...[
      printable(title.name),
      formatLength(title.durationSeconds),
      short(title.rungs),
      listed(languages),
      String(title.objects),
    ],
    ...[formatBytes(title.bytes), printable(title.finishedAt.slice(0, 16).replace('T', ' '))],
    kept.versions === 0 ? '' : String(kept.versions),
    state === 'incomplete' ? wrong.join(', ') : state,
  ];
}

/** "en, fr, ja, …" */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).map(printable);
  return [...shown, ...(names.length > MOST_LISTED ? ['…'] : [])].join(', ');
}

const MOST_LISTED = 3;

/** "5: 1080p to 240p" is shorter than all of them. */
function short(names: readonly string[]): string {
  const shown = names.map(printable);
  return shown.length > 2 ? `${shown.length}: ${shown[0]} to ${shown.at(-1)}` : shown.join(', ');
}

function sum(titles: readonly TitleSummary[]): number {
  return titles.reduce((total, { bytes, kept }) => total + bytes + kept.bytes, 0);
}
