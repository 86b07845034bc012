import { MediactlError } from '../errors.js';
import { printable } from '../model/text.js';
import type { Removal, Removed } from '../pipeline/titles/removal.js';
import { planRemovals, removeOne } from '../pipeline/titles/remove-titles.js';
import { count, formatBytes } from '../report/format.js';
import { parseLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';
import { openExisting } from './open-existing.js';
import { leftoversWithoutTitle, NOTHING_REMOVED, removeLeftovers } from './remove-leftovers.js';

export interface RemoveOptions {
  /** All titles below the place. */
  readonly recursive: boolean;
  readonly dryRun: boolean;
  /** Do not ask. */
  readonly yes: boolean;
  /** Shows a text and asks; null where nobody can be asked. */
  readonly confirm: ((text: string, question: string) => Promise<boolean>) | null;
  /** Called when the answer was yes and removing begins. */
  readonly onRemoval: () => void;
}

/**
 * `mediactl rm WHERE`: what stdout should get. Throws MediactlError: usage, input-not-found, output-not-ours,
 * storage-conflict and others of the storage.
 */
export async function removeTitles(where: string, context: CommandContext, options: RemoveOptions): Promise<string> {
  const { recursive, dryRun, yes, confirm, onRemoval } = options;
  const { json } = context.settings.output;
  const leftovers = recursive ? [] : await leftoversWithoutTitle(where, context.cwd);
  // What is not there cannot be removed, whoever may be asked.
  const destination = leftovers.length > 0 ? null : await openExisting(where, context);
  if (!dryRun && !yes && confirm === null) {
    throw new MediactlError('usage', 'rm asks before it removes anything, and there is no terminal to ask on', {
      hint: 'pass --yes to remove without asking, or --dry-run to see what would be removed',
    });
  }
  if (destination === null) return removeLeftovers(leftovers, context, options);
  const noun = parseLocation(where).kind === 'folder' ? 'file' : 'object';
  const removals = await planRemovals(destination, recursive);
  const text = removals.flatMap((removal) => describe(removal, noun)).join('\n');
  if (dryRun) return json ? toJson(removals, null) : `${text}\nwould remove ${total(removals, noun)}`;
  if (!yes && !(await confirm?.(text, `Remove ${total(removals, noun)}?`))) {
    return json ? toJson(removals, null) : NOTHING_REMOVED;
  }
  onRemoval();
  const done: Removed[] = [];
  for (const removal of removals) done.push(await removeOne(removal, destination));
  if (json) return toJson(removals, done);
  // Who was asked has seen it.
  return [...(yes ? [text] : []), ...done.flatMap((each) => leftOver(each, noun)), `removed ${total(done, noun)}`].join(
    '\n',
  );
}

/** Things on disk, and those in a bucket. */
type Noun = 'file' | 'object';

function toJson(removals: readonly Removal[], done: readonly Removed[] | null): string {
  const titles = removals.map(({ title, objects, bytes, changed }, i) => {
    const { location, kept, others } = title;
    const { objects: removed = 0, bytes: removedBytes = 0, left = [] } = done?.[i] ?? {};
    return { location, objects, bytes, kept, removed, removedBytes, changed: [...changed, ...left], others };
  });
  return JSON.stringify({ dryRun: done === null, titles, leftovers: [] }, null, 2);
}

function describe({ title, objects, bytes, changed }: Removal, noun: Noun): string[] {
  const { location, kept, others } = title;
  const versions = kept.versions === 0 ? 'older versions' : count(kept.versions, 'older version');
  const older = `  of them ${size(kept, noun)}, of ${versions}`;
  return [
    `${printable(location)}: ${size({ objects, bytes }, noun)}`,
    ...(kept.objects > 0 ? [older] : []),
    ...(changed.length > 0 ? [`  ${stays(changed, noun, 'changed since it was published')}`] : []),
    ...(others > 0
      ? [`  ${count(others, `other ${noun}`)} below it, not in its record, ${others === 1 ? 'stays' : 'stay'}`]
      : []),
  ];
}

function leftOver({ left }: Removed, noun: Noun): string[] {
  return left.length > 0 ? [stays(left, noun, 'changed while the title was removed')] : [];
}

function stays(paths: readonly string[], noun: Noun, why: string): string {
  const names = paths.slice(0, 3).map(printable).join(', ');
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return `! ${count(paths.length, noun)} ${why}, and ${paths.length === 1 ? 'stays' : 'stay'}: ${names}${more}`;
}

function total(parts: readonly Much[], noun: Noun): string {
  const objects = parts.reduce((sum, part) => sum + part.objects, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const titles = parts.length > 1 ? `${count(parts.length, 'title')}: ` : '';
  return `${titles}${size({ objects, bytes }, noun)}`;
}

interface Much {
  readonly objects: number;
  readonly bytes: number;
}

function size({ objects, bytes }: Much, noun: Noun): string {
  return `${count(objects, noun)}, ${formatBytes(bytes)}`;
}
