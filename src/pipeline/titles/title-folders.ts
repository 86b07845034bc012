import { dirname } from 'node:path/posix';
import { RECORD_NAME } from '../../model/title-files.js';
import { Listing } from '../../storage/listing.js';
import type { Stored } from '../../storage/storage.js';

/** A folder of a listing in which there is a mediactl.json. */
export interface TitleFolder {
  /** Its path in the listing: "titles/movie", or "" when the listing is of the title itself. */
  readonly root: string;
  /** All that is below it, but not below a title further down; paths are those of the listing. */
  readonly objects: Listing;
}

/**
 * Cuts a listing into titles as it comes; what belongs to none is handed to `other`. Only the titles on the way to
 * the present name, and what may still turn out to be theirs, are held. Files of one folder come together in every
 * listing: a bucket is listed by name, a folder is walked.
 */
export async function* titleFolders(
  listing: AsyncIterable<Stored>,
  other: (stored: Stored) => void,
): AsyncGenerator<TitleFolder> {
  const open: Folder[] = [{ root: '', objects: new Listing(), isTitle: false }];
  const close = (): TitleFolder | null => {
    const folder = open.pop();
    if (!folder) return null;
    if (folder.isTitle) return folder;
    const parent = open.at(-1);
    for (const stored of folder.objects.all()) {
      if (parent) parent.objects.set(stored);
      else other(stored);
    }
    return null;
  };
  for await (const stored of listing) {
    const folder = folderOf(stored.path);
    while (!isBelow(folder, open.at(-1)?.root ?? '')) {
      const title = close();
      if (title) yield title;
    }
    for (const root of foldersBetween(open.at(-1)?.root ?? '', folder))
      open.push({ root, objects: new Listing(), isTitle: false });
    const inner = open.at(-1);
    inner?.objects.set(stored);
    if (inner && stored.path === join(inner.root, RECORD_NAME)) inner.isTitle = true;
  }
  while (open.length > 0) {
    const title = close();
    if (title) yield title;
  }
}

interface Folder {
  readonly root: string;
  readonly objects: Listing;
  isTitle: boolean;
}

/** "titles/movie" and "a.ts" → "titles/movie/a.ts"; "" is the top. */
export function join(root: string, path: string): string {
  return root === '' ? path : `${root}/${path}`;
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}

function isBelow(folder: string, root: string): boolean {
  return root === '' || folder === root || folder.startsWith(`${root}/`);
}

/** "a" and "a/b/c" → "a/b", "a/b/c". */
function foldersBetween(root: string, folder: string): string[] {
  if (folder === root) return [];
  const parts = folder.slice(root === '' ? 0 : root.length + 1).split('/');
  return parts.map((_, i) => join(root, parts.slice(0, i + 1).join('/')));
}
