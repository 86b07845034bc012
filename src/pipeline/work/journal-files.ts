import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../errors.js';
import type { Segment } from '../../model/artifact.js';
import { encodeEnd, encodeSegment, parseLine, readLines, type ChunkMark, type JournalEnd } from './journal-lines.js';

/** What a journal's file says, in order: segments, each the next, and then perhaps how they end. */
export type Entry = { readonly segment: Segment } | { readonly end: JournalEnd } | { readonly mark: ChunkMark };

/** Segments `first`, `first` + 1 … and then perhaps the end; stops before the first line that is anything else. */
export async function* readEntries(path: string, rendition: string, first = 0): AsyncGenerator<Entry> {
  let next = first;
  for await (const { text } of readLines(path)) {
    const line = parseLine(text, rendition);
    if (line === null) return;
    if ('segment' in line) {
      if (line.segment.index !== next++) return;
      yield { segment: line.segment };
      continue;
    }
    yield 'end' in line ? { end: line } : { mark: line };
    return;
  }
}

export async function* readSegments(path: string, rendition: string, first = 0): AsyncGenerator<Segment> {
  for await (const entry of readEntries(path, rendition, first)) {
    if (!('segment' in entry)) return;
    yield entry.segment;
  }
}

/** First segments of the chunks that have a journal in `folder`, ascending. */
export async function chunksIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  return names
    .filter((name) => /^\d{8,}\.ndjson$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
}

export function chunkFile(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(8, '0')}.ndjson`);
}

/** Writes a whole journal to `path` as `segments` come, with its end; not there before it is on the disk. Gives the totals. */
export async function writeWhole(
  path: string,
  segments: AsyncIterable<Segment>,
  known: Pick<JournalEnd, 'codecs' | 'read'>,
): Promise<JournalEnd> {
  const file = await open(path, 'w');
  try {
    let lines = '';
    let count = 0;
    let frames = 0;
    for await (const segment of segments) {
      lines += encodeSegment(segment);
      count++;
      frames += segment.frames;
      if (lines.length < BLOCK) continue;
      await file.appendFile(lines);
      lines = '';
    }
    const end: JournalEnd = { end: true, frames, segments: count, ...known };
    await file.appendFile(lines + encodeEnd(end));
    await file.datasync();
    return end;
  } finally {
    await file.close();
  }
}

const BLOCK = 1 << 16;
