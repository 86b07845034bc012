import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import type { Place } from '../delivery/place.js';
import { checkRemovable, planRemoval, removeTitle, type Removal, type Removed } from './removal.js';
import { findTitles, type FoundTitle, type FoundTitles } from './titles.js';

/**
 * What is to be removed: the title at the place itself, or, when `recursive`, every title below it.
 * Throws MediactlError: input-not-found, output-not-ours, usage (several titles, not recursive), storage-….
 */
export async function planRemovals({ storage, name }: Place, recursive: boolean): Promise<readonly Removal[]> {
  const found = await findTitles(storage, (title) => title);
  const chosen = recursive ? found.titles : found.titles.filter(({ root }) => root === '');
  if (chosen.length === 0) throw noTitle(found, name);
  const removals: Removal[] = [];
  for (const title of chosen) removals.push(await planRemoval(title, storage));
  for (const removal of removals) checkRemovable(removal);
  return removals;
}

/** Removes one title; in a folder under the lock of its runs, and its folder with it when that is empty then. */
export async function removeOne(removal: Removal, place: Place): Promise<Removed> {
  const command = `mediactl rm ${place.name}`;
  return place.withLock(removal.title.location, command, () => removeTitle(removal, place.storage));
}

function noTitle({ titles, unreadable }: FoundTitles<FoundTitle>, name: string): MediactlError {
  const strange = unreadable.find(({ root }) => root === '');
  if (strange) {
    return new MediactlError(
      'output-not-ours',
      `${printable(name)} is not a title that this version of mediactl can read`,
      {
        reason: strange.reason,
        hint: 'remove it with the tool that made it',
      },
    );
  }
  if (titles.length === 0) {
    return new MediactlError('input-not-found', `there is no title at ${printable(name)}`, {
      reason: 'a title is a folder with a mediactl.json',
      hint: 'mediactl ls shows what is there; mediactl removes only titles it made',
    });
  }
  const names = titles.slice(0, 5).map(({ root }) => printable(root));
  const more = titles.length > names.length ? ` and ${titles.length - names.length} more` : '';
  return new MediactlError('usage', `${printable(name)} is not a title but contains titles`, {
    reason: `below it: ${names.join(', ')}${more}`,
    hint: 'name one title, or remove all of them with --recursive',
  });
}
