import { mkdir, rename, rm, stat } from 'node:fs/promises';
import type { ChunkRead } from '../../model/account.js';
import { chunkStart } from '../../model/chunk.js';
import { chunkFile, chunksIn, readEntries } from './journal-files.js';
import { encodeMark, encodeSegment } from './journal-lines.js';
import { JournalWriter } from './journal-writer.js';

/** Where the journals of a rendition are. */
export interface Journals {
  /** The journal of a whole rendition, and the folder of those of chunks. */
  readonly whole: string;
  readonly chunks: string;
  readonly rendition: string;
  /** Segments of a chunk. */
  readonly length: number;
}

/** Forgets the segments from `next` on. Chunks before it stay; the one that `next` is in no longer counts as whole. */
export async function truncateJournals(journals: Journals, next: number): Promise<void> {
  const { whole, chunks } = journals;
  if (await stat(whole).catch(() => null)) {
    await splitWhole(journals);
    await rm(whole);
  }
  for (const first of await chunksIn(chunks)) {
    if (first >= next) await rm(chunkFile(chunks, first));
    else await cutChunk(journals, first, next);
  }
}

async function cutChunk({ chunks, rendition }: Journals, first: number, next: number): Promise<void> {
  const path = chunkFile(chunks, first);
  const kept = `${path}.kept`;
  await rm(kept, { force: true });
  const writer = new JournalWriter(kept);
  let codecs: string | null = null;
  let read: ChunkRead | null | undefined;
  let end = first;
  try {
    for await (const entry of readEntries(path, rendition, first)) {
      if ('mark' in entry) ({ codecs, read } = entry.mark);
      if (!('segment' in entry) || entry.segment.index >= next) continue;
      await writer.write(encodeSegment(entry.segment), false);
      end = entry.segment.index + 1;
    }
    await writer.write(encodeMark({ chunk: true, segments: end, ended: false, codecs, read: read ?? null }), true);
  } finally {
    await writer.close();
  }
  await rename(kept, path);
}

/** Makes of the journal of a whole rendition one of each of its chunks. */
export async function splitWhole({ whole, chunks, rendition, length }: Journals): Promise<void> {
  await rm(chunks, { recursive: true, force: true });
  await mkdir(chunks, { recursive: true });
  const read = await readOfWhole(whole, rendition);
  const open = (first: number): JournalWriter => new JournalWriter(chunkFile(chunks, first));
  let file = open(0);
  let next = 0;
  const finish = async (ended: boolean, codecs: string | null): Promise<void> => {
    await file.write(encodeMark({ chunk: true, segments: next, ended, codecs, read }), true);
    await file.close();
  };
  for await (const entry of readEntries(whole, rendition)) {
    if ('end' in entry) return finish(true, entry.end.codecs);
    if (!('segment' in entry)) break;
    if (next > 0 && chunkStart(next, length) === next) {
      await finish(false, null);
      file = open(next);
    }
    next++;
    await file.write(encodeSegment(entry.segment), false);
  }
  await file.close();
}

/** Of all of the rendition: whichever chunks are made again, the others know it. */
async function readOfWhole(whole: string, rendition: string): Promise<ChunkRead | null> {
  for await (const entry of readEntries(whole, rendition)) {
    if ('end' in entry) return entry.end.read ? { of: 'rendition', from: 0, read: entry.end.read } : null;
  }
  return null;
}
