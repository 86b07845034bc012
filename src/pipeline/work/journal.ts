import { constants } from 'node:fs';
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asWriteError } from '../../errors/disk.js';
import type { ChunkRead, TrackRead } from '../../model/account.js';
import type { Artifact, Segment } from '../../model/artifact.js';
import { chunkFile, chunksIn, readEntries, readSegments, writeWhole } from './journal-files.js';
import { encodeMark, encodeSegment } from './journal-lines.js';
import { readProgress, type Progress } from './journal-progress.js';
import { joinChunks } from './journal-read.js';
import { truncateJournals } from './journal-split.js';
import { JournalWriter } from './journal-writer.js';
import { importPublished, isIn, type Published } from './published.js';

/** A chunk that was made, see stages/encode. */
export interface ChunkEnd {
  /** Its first segment. */
  readonly first: number;
  /** Segments of the title up to its end. */
  readonly segments: number;
  /** The title ends with it. */
  readonly ended: boolean;
  /** RFC 6381; kept so that a run that reuses the rendition need not read its bytes. */
  readonly codecs: string | null;
  /** What was read for it; null or not there: that is not known. */
  readonly read?: ChunkRead | null;
}

/** What a finished rendition comes to. */
export interface Totals {
  readonly segments: number;
  readonly frames: number;
  readonly codecs: string | null;
  readonly read?: TrackRead | null;
}

/** What is encoded so far, in files of lines that are appended to as segments close. */
export interface Journal {
  /**
   * What earlier runs have made of a rendition whose chunks have `length` segments: whole chunks, each segment of them
   * checked by its size. Forgets all else. To be asked before anything is appended.
   */
  progress(rendition: string, length: number): Promise<Progress>;
  /** Seconds that `progress` would find in the working folder; forgets nothing, and brings nothing there. */
  look(rendition: string, length: number): Promise<number>;
  /** Whether a file that all segments of the rendition need is in the working folder, brought there where it is published. */
  hasFile(rendition: string, file: string): Promise<boolean>;
  /** To be called in order of index within a chunk, which is named by its first segment. */
  append(chunk: number, segment: Segment): Promise<void>;
  /** The chunk is made: from now on it counts. */
  endChunk(rendition: string, end: ChunkEnd): Promise<void>;
  /** Forgets the segments from `next` on, of a rendition whose chunks have `length` segments. */
  truncate(rendition: string, next: number, length: number): Promise<void>;
  /** In order, streamed from disk: all that is whole. */
  segments(rendition: string): AsyncIterable<Segment>;
  /** Of a rendition all of whose chunks are made; it becomes one journal. Throws RangeError for others. */
  totals(rendition: string): Promise<Totals>;
  /** The journal as a file of the title: it makes the rendition reusable by a later plan. To be asked after `totals`. */
  artifact(rendition: string): Promise<Artifact>;
  close(): Promise<void>;
}

/** The journal's name in a published rendition's folder. */
export const PUBLISHED_JOURNAL = 'segments.ndjson';

/**
 * Journals in `<folder>/journal/`, of segments in `<folder>/<rendition id>/`: one of each whole rendition, and before
 * that one of each chunk. Segments and journals that are in `published` (the title's place) under the same rendition id
 * count as well: they were moved there by a run that was killed while publishing, or belong to a finished title of which
 * this plan keeps a rendition. That is safe, because a rendition's id changes with everything its bytes depend on. Null:
 * start afresh.
 */
export function openJournal(folder: string, published: Published | null): Journal {
  const writers = new Map<string, JournalWriter>();
  const whole = (rendition: string): string => join(folder, 'journal', `${checkRendition(rendition)}.ndjson`);
  const chunks = (rendition: string): string => join(folder, 'journal', checkRendition(rendition));
  const writer = (path: string): JournalWriter => {
    const known = writers.get(path) ?? new JournalWriter(path);
    writers.set(path, known);
    return known;
  };
  const closeWriter = async (path: string): Promise<void> => {
    await writers.get(path)?.close();
    writers.delete(path);
  };
  const explained = async <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw asWriteError(error, folder);
    });
  const isThere = async (segment: Segment): Promise<boolean> =>
    (await isIn(folder, segment)) || ((await published?.has(segment)) ?? false);
  return {
    progress: (rendition, length) =>
      explained(
        (async () => {
          if (published !== null)
            await importPublished(whole(rendition), `${rendition}/${PUBLISHED_JOURNAL}`, published);
          return readProgress({ whole: whole(rendition), chunks: chunks(rendition), rendition, length, isThere });
        })(),
      ),
    async look(rendition, length) {
      const journals = { whole: whole(rendition), chunks: chunks(rendition), rendition, length };
      return (await explained(readProgress({ ...journals, isThere, look: true }))).seconds;
    },
    async hasFile(rendition, file) {
      const name = `${checkRendition(rendition)}/${file}`;
      const path = join(folder, name);
      if (published !== null) await explained(importPublished(path, name, published));
      return (await stat(path).catch(() => null)) !== null;
    },
    append: (chunk, segment) =>
      writer(chunkFile(chunks(segment.rendition), chunk)).write(encodeSegment(segment), false),
    async endChunk(rendition, { first, segments, ended, codecs, read = null }) {
      const path = chunkFile(chunks(rendition), first);
      await writer(path).write(encodeMark({ chunk: true, segments, ended, codecs, read }), true);
      await closeWriter(path);
    },
    async truncate(rendition, next, length) {
      for (const path of writers.keys()) if (path.startsWith(join(chunks(rendition), '/'))) await closeWriter(path);
      const journals = { whole: whole(rendition), chunks: chunks(rendition), rendition, length };
      await explained(truncateJournals(journals, next));
    },
    segments: (rendition) => allSegments(whole(rendition), chunks(rendition), rendition),
    totals: (rendition) => explained(makeWhole(whole(rendition), chunks(rendition), rendition)),
    async artifact(rendition) {
      const path = `${rendition}/${PUBLISHED_JOURNAL}`;
      const file = join(folder, path);
      // A copy: publishing takes it away, and the segments are still to be read from it.
      await mkdir(dirname(file), { recursive: true });
      await copyFile(whole(rendition), file, constants.COPYFILE_FICLONE);
      return { path, class: 'record', file, bytes: (await stat(file)).size };
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

async function* allSegments(whole: string, chunks: string, rendition: string): AsyncGenerator<Segment> {
  if (await stat(whole).catch(() => null)) {
    yield* readSegments(whole, rendition);
    return;
  }
  for (const first of await chunksIn(chunks)) {
    for await (const entry of readEntries(chunkFile(chunks, first), rendition, first)) {
      if ('segment' in entry) yield entry.segment;
      // What is after it was begun before this chunk showed that the title ends.
      else if ('mark' in entry && entry.mark.ended) return;
    }
  }
}

async function makeWhole(whole: string, chunks: string, rendition: string): Promise<Totals> {
  for await (const entry of readEntries(whole, rendition)) if ('end' in entry) return entry.end;
  let next = 0;
  let codecs: string | null = null;
  let ended = false;
  const read = joinChunks();
  for (const first of await chunksIn(chunks)) {
    if (first !== next || ended) break;
    for await (const entry of readEntries(chunkFile(chunks, first), rendition, first)) {
      if (!('mark' in entry)) continue;
      next = entry.mark.segments;
      codecs ??= entry.mark.codecs;
      ended ||= entry.mark.ended;
      read.add(entry.mark.read ?? null, entry.mark.ended);
    }
  }
  if (!ended) throw new RangeError(`${rendition} is incomplete: its segments end at ${next}`);
  const part = `${whole}.part`;
  const totals = await writeWhole(part, allSegments(whole, chunks, rendition), { codecs, read: read.total() });
  await rename(part, whole);
  await rm(chunks, { recursive: true, force: true });
  return totals;
}
