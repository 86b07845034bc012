import { copyFile, lstat, mkdir, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import type { Artifact, Segment } from '../../model/artifact.js';
import { toNumber } from '../../model/rational.js';
import { encodeEnd, encodeSegment, parseLine, readLines, type JournalEnd } from './journal-lines.js';
import { JournalWriter } from './journal-writer.js';

/** Where a rendition's encoder goes on. */
export interface ResumePoint {
  /** Index of the first segment to encode. */
  readonly next: number;
  /** Nothing is left to encode. */
  readonly ended: boolean;
  /** Length of the segments before `next`, seconds, and their frames. */
  readonly seconds: number;
  readonly frames: number;
  /** As given to `end`; null before, and where it was not given. */
  readonly codecs: string | null;
}

export interface Totals {
  readonly frames: number;
  readonly segments: number;
  /** RFC 6381; kept so that a run that reuses the rendition need not read its bytes. */
  readonly codecs?: string | null;
}

/** What is encoded so far: one file of lines per rendition, appended to as segments close. */
export interface Journal {
  /** To be called in order of index. */
  append(segment: Segment): Promise<void>;
  end(rendition: string, totals: Totals): Promise<void>;
  /** Checks each recorded segment by its size on disk; forgets the first that is not right and all after it. */
  resumePoint(rendition: string): Promise<ResumePoint>;
  /** Forgets the segments from `next` on, and removes their staged files. */
  truncate(rendition: string, next: number): Promise<void>;
  /** In order, streamed from disk. */
  segments(rendition: string): AsyncIterable<Segment>;
  /** The journal as a file of the title: it makes the rendition reusable by a later plan. */
  artifact(rendition: string): Promise<Artifact>;
  close(): Promise<void>;
}

/** What of a title is already where it belongs. */
export interface Published {
  /** Whether the segment's file is there and is that very segment, as far as that is known. */
  has(segment: Segment): Promise<boolean>;
  /** Copies a file of the title to a local path; false when it is not there. */
  fetch(path: string, file: string): Promise<boolean>;
}

/** The journal's name in a published rendition's folder. */
export const PUBLISHED_JOURNAL = 'segments.ndjson';

/**
 * Journals in `<folder>/journal/`, of segments in `<folder>/<rendition id>/`. Segments and journals that are in
 * `published` (the title's place) under the same rendition id count as well: they were moved there by a run that
 * was killed while publishing, or belong to a finished title of which this plan keeps a rendition. That is safe,
 * because a rendition's id changes with everything its bytes depend on. Null: start afresh.
 */
export function openJournal(folder: string, published: Published | null): Journal {
  const writers = new Map<string, JournalWriter>();
  const pathOf = (rendition: string): string => join(folder, 'journal', `${checkRendition(rendition)}.ndjson`);
  const writer = (rendition: string): JournalWriter => {
    const known = writers.get(rendition) ?? new JournalWriter(pathOf(rendition));
    writers.set(rendition, known);
    return known;
  };
  const cut = async (rendition: string, next: number): Promise<void> => {
    await writers.get(rendition)?.close();
    writers.delete(rendition);
    await cutJournal(pathOf(rendition), rendition, next);
    await removeStaged(join(folder, rendition), next);
  };
  const isThere = (segment: Segment): Promise<boolean> => isSegmentThere(segment, folder, published);
  return {
    append: (segment) => writer(segment.rendition).write(encodeSegment(segment), false),
    end: (rendition, { frames, segments, codecs = null }) =>
      writer(rendition).write(encodeEnd({ end: true, frames, segments, codecs }), true),
    async resumePoint(rendition) {
      try {
        if (published !== null)
          await importPublished(pathOf(rendition), `${rendition}/${PUBLISHED_JOURNAL}`, published);
        const point = await findResumePoint(pathOf(rendition), rendition, isThere);
        if (!point.ended) await cut(rendition, point.next);
        return point;
      } catch (error) {
        throw asWriteError(error, folder);
      }
    },
    async truncate(rendition, next) {
      try {
        await cut(rendition, next);
      } catch (error) {
        throw asWriteError(error, folder);
      }
    },
    segments: (rendition) => readSegments(pathOf(rendition), rendition),
    async artifact(rendition) {
      const file = pathOf(rendition);
      await writers.get(rendition)?.close();
      return { path: `${rendition}/${PUBLISHED_JOURNAL}`, class: 'record', file, bytes: (await stat(file)).size };
    },
    async close() {
      for (const each of writers.values()) await each.close();
    },
  };
}

/** Ids name folders; an id with a separator would lead outside. */
function checkRendition(rendition: string): string {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(rendition)) throw new RangeError(`not a rendition id: ${rendition}`);
  return rendition;
}

async function findResumePoint(
  path: string,
  rendition: string,
  isThere: (segment: Segment) => Promise<boolean>,
): Promise<ResumePoint> {
  let point: ResumePoint = { next: 0, ended: false, seconds: 0, frames: 0, codecs: null };
  let batch: Segment[] = [];
  const checkBatch = async (): Promise<boolean> => {
    const found = await Promise.all(batch.map(isThere));
    const right = found.includes(false) ? batch.slice(0, found.indexOf(false)) : batch;
    for (const segment of right) {
      const seconds = point.seconds + toNumber(segment.duration);
      point = { ...point, next: segment.index + 1, seconds, frames: point.frames + segment.frames };
    }
    const complete = right.length === batch.length;
    batch = [];
    return complete;
  };
  for await (const { entry } of readEntries(path, rendition)) {
    if ('end' in entry) {
      const complete = (await checkBatch()) && entry.segments === point.next;
      return complete ? { ...point, ended: true, codecs: entry.codecs } : point;
    }
    batch.push(entry);
    if (batch.length === 64 && !(await checkBatch())) return point;
  }
  await checkBatch();
  return point;
}

/** Segments 0, 1, 2 … and then perhaps the end; stops before the first line that is anything else. */
async function* readEntries(path: string, rendition: string): AsyncGenerator<Entry> {
  let next = 0;
  for await (const { text, endOffset } of readLines(path)) {
    const line = parseLine(text, rendition);
    if (line === null) return;
    if ('end' in line) {
      yield { entry: line, endOffset };
      return;
    }
    if (line.segment.index !== next++) return;
    yield { entry: line.segment, endOffset };
  }
}

interface Entry {
  readonly entry: Segment | JournalEnd;
  /** Where its line ends in the file, bytes. */
  readonly endOffset: number;
}

async function* readSegments(path: string, rendition: string): AsyncGenerator<Segment> {
  for await (const { entry } of readEntries(path, rendition)) {
    if ('end' in entry) return;
    yield entry;
  }
}

async function cutJournal(path: string, rendition: string, next: number): Promise<void> {
  let keep = 0;
  for await (const { entry, endOffset } of readEntries(path, rendition)) {
    if ('end' in entry || entry.index >= next) break;
    keep = endOffset;
  }
  await truncate(path, keep).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  });
}

/** Segments after the last that counts: closed but not yet recorded when the run was killed, or half written. */
async function removeStaged(folder: string, next: number): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) {
    const number = /^(\d{5,})\./.exec(name)?.[1];
    if (number !== undefined && Number(number) >= next) await rm(join(folder, name), { force: true });
  }
}

/** A title in a folder, by the sizes of its files. */
export function publishedIn(root: string): Published {
  return {
    has: (segment) => isIn(root, segment),
    async fetch(path, file) {
      try {
        await copyFile(join(root, path), file);
        return true;
      } catch (error) {
        if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
        throw error;
      }
    },
  };
}

async function isSegmentThere(segment: Segment, folder: string, published: Published | null): Promise<boolean> {
  return (await isIn(folder, segment)) || ((await published?.has(segment)) ?? false);
}

async function isIn(root: string, segment: Segment): Promise<boolean> {
  const stats = await lstat(join(root, segment.rendition, segment.file)).catch(() => null);
  return stats?.isFile() === true && stats.size === segment.bytes;
}

async function importPublished(path: string, from: string, published: Published): Promise<void> {
  if (await stat(path).catch(() => null)) return;
  const temporary = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  if (await published.fetch(from, temporary)) await rename(temporary, path);
}
