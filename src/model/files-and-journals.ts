import type { FilesAndJournals, RecordedJournal, TitleRecord } from './artifact.js';

/** The present version of a title, as its record says. */
export function presentFiles({ files, renditions }: TitleRecord): FilesAndJournals {
  return { files, journals: renditions.flatMap(({ journal }) => journal ?? []) };
}

/** Of older versions: what is kept of them, and what was still to be removed when the title was published. */
export function olderFiles({ kept = [], removing }: TitleRecord): readonly FilesAndJournals[] {
  return removing ? [...kept, removing] : kept;
}

export function isEmpty({ files, journals }: FilesAndJournals): boolean {
  return files.length + journals.length === 0;
}

/**
 * Knows each path that is named by these, or by a journal of these, without reading a journal: its segments are named
 * by their numbers. Two renditions of one id are the same rendition, so that a path is of one journal at most.
 */
export function namesIn(parts: readonly FilesAndJournals[]): (path: string) => boolean {
  const paths = new Set(parts.flatMap(({ files, journals }) => [...files, ...journals].map(({ path }) => path)));
  const segments = new Map<string, number>();
  for (const { path, segments: count } of parts.flatMap(({ journals }) => journals)) {
    const folder = folderOf(path);
    segments.set(folder, Math.max(count, segments.get(folder) ?? 0));
  }
  return (path) => {
    if (paths.has(path)) return true;
    const index = /^(\d{5,})\.[a-z0-9]+$/.exec(path.slice(folderOf(path).length))?.[1];
    return index !== undefined && Number(index) < (segments.get(folderOf(path)) ?? 0);
  };
}

/** All but what the names know, and nothing twice. */
export function withoutNamed(parts: readonly FilesAndJournals[], isNamed: (path: string) => boolean): FilesAndJournals {
  const files = parts.flatMap((part) => part.files);
  const journals = parts.flatMap((part) => part.journals);
  return { files: unnamedOnce(files, isNamed), journals: unnamedOnce(journals, isNamed) };
}

function unnamedOnce<T extends { readonly path: string; readonly bytes: number }>(
  files: readonly T[],
  isNamed: (path: string) => boolean,
): readonly T[] {
  const once = new Map(files.map((file) => [`${file.bytes} ${file.path}`, file]));
  return [...once.values()].filter(({ path }) => !isNamed(path));
}

/** "720p-1a2b3c4d/" of "720p-1a2b3c4d/00000.ts"; "" at the top. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** As a journal names it. */
export function segmentPath({ path }: Pick<RecordedJournal, 'path'>, file: string): string {
  return folderOf(path) + file;
}
