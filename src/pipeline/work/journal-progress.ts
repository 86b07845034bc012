import { rm } from 'node:fs/promises';
import type { Segment } from '../../model/artifact.js';
import { chunkStart } from '../../model/chunk.js';
import { toNumber } from '../../model/rational.js';
import { chunkFile, chunksIn, readEntries } from './journal-files.js';
import type { ChunkMark } from './journal-lines.js';
import { splitWhole, type Journals } from './journal-split.js';

/** What is made of a rendition. */
export interface Progress {
  /** Whole chunks in order, by their first segment and the one after their last. */
  readonly chunks: readonly { readonly first: number; readonly end: number }[];
  /** The title's last chunk is among them. */
  readonly ended: boolean;
  /** Length of them all, seconds. */
  readonly seconds: number;
}

export interface ProgressRequest extends Journals {
  readonly isThere: (segment: Segment) => Promise<boolean>;
  /** Forget nothing: somebody only wants to know. */
  readonly look?: boolean;
}

/** Reads what is made, and forgets what is not whole or no longer there. */
export async function readProgress(request: ProgressRequest): Promise<Progress> {
  const { whole, chunks, length, look = false } = request;
  const finished = await readChunk(whole, 0, request);
  if (finished.end === 'rendition' && finished.isThere) {
    return { chunks: [{ first: 0, end: finished.next }], ended: true, seconds: finished.seconds };
  }
  // Of a whole rendition something is missing: its other chunks stay.
  if (!look) {
    if (finished.next > 0) await splitWhole(request);
    await rm(whole, { force: true });
  }
  const forget = async (first: number): Promise<void> => {
    if (!look) await rm(chunkFile(chunks, first), { force: true });
  };

  const found: { first: number; end: number }[] = [];
  let seconds = 0;
  let ended = false;
  for (const first of await chunksIn(chunks)) {
    if (ended) {
      // It was begun, or even came out empty, before it was known that the title ends.
      await forget(first);
      continue;
    }
    const chunk = await readChunk(chunkFile(chunks, first), first, request);
    const mark = chunk.end === 'rendition' ? null : chunk.end;
    const isWhole = mark !== null && mark.segments === chunk.next && (mark.ended || chunk.next === first + length);
    if (!isWhole || !chunk.isThere || chunkStart(first, length) !== first) {
      await forget(first);
      continue;
    }
    found.push({ first, end: chunk.next });
    seconds += chunk.seconds;
    ended ||= mark.ended;
  }
  return { chunks: found, ended, seconds };
}

interface ReadChunk {
  /** The segment after the last. */
  readonly next: number;
  readonly seconds: number;
  /** How the file ends; null: it was torn. */
  readonly end: 'rendition' | ChunkMark | null;
  readonly isThere: boolean;
}

const AT_ONCE = 64;

async function readChunk(path: string, first: number, { rendition, isThere }: ProgressRequest): Promise<ReadChunk> {
  const state: { next: number; seconds: number; end: ReadChunk['end']; isThere: boolean } = {
    next: first,
    seconds: 0,
    end: null,
    isThere: true,
  };
  let batch: Promise<boolean>[] = [];
  const check = async (): Promise<void> => {
    if ((await Promise.all(batch)).includes(false)) state.isThere = false;
    batch = [];
  };
  for await (const entry of readEntries(path, rendition, first)) {
    if (!('segment' in entry)) {
      state.end = 'mark' in entry ? entry.mark : entry.end.segments === state.next ? 'rendition' : null;
      continue;
    }
    state.next++;
    state.seconds += toNumber(entry.segment.duration);
    batch.push(isThere(entry.segment));
    if (batch.length === AT_ONCE) await check();
  }
  await check();
  return state;
}
