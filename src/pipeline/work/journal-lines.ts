import { createReadStream } from 'node:fs';
import { hasErrorCode } from '../../errors.js';
import type { ChunkRead, TrackRead } from '../../model/account.js';
import type { Keyframe, Segment } from '../../model/artifact.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { formatRational, parseRational } from '../../model/rational.js';
import { parseChunkRead, parseTrackRead } from './journal-read.js';

/** The last line of a finished rendition's journal. */
export interface JournalEnd {
  readonly end: true;
  readonly frames: number;
  readonly segments: number;
  /** RFC 6381, where the encoder's output said so. */
  readonly codecs: string | null;
  /** What was read for it; null or not there: that is not known. */
  readonly read?: TrackRead | null;
}

/** The last line of a chunk's journal: the chunk is made. */
export interface ChunkMark {
  readonly chunk: true;
  /** Segments of the title up to its end. */
  readonly segments: number;
  /** The title ends with it. */
  readonly ended: boolean;
  readonly codecs: string | null;
  readonly read?: ChunkRead | null;
}

export type JournalLine = { readonly segment: Segment } | JournalEnd | ChunkMark;

export function encodeSegment(segment: Segment): string {
  const { index, file, bytes, start, duration, frames, keyframes, crc32c, carry, lead } = segment;
  return `${JSON.stringify({
    index,
    file,
    bytes,
    startTicks: start,
    duration: formatRational(duration),
    frames,
    keyframes: keyframes.map((key) => [key.offset, key.bytes, key.time]),
    crc32c,
    carry,
    lead,
  })}\n`;
}

export function encodeEnd(end: JournalEnd): string {
  return `${JSON.stringify(end)}\n`;
}

export function encodeMark(mark: ChunkMark): string {
  return `${JSON.stringify(mark)}\n`;
}

/** Null for anything that is not exactly a line as written above. */
export function parseLine(text: string, rendition: string): JournalLine | null {
  const value = parseObject(text);
  if (value === null) return null;
  if (value['end'] === true) return parseEnd(value);
  if (value['chunk'] === true) return parseMark(value);
  const { index, file, bytes, startTicks: start, duration, frames, keyframes, crc32c, carry, lead } = value;
  if (!isCount(index) || !isCount(bytes) || !isCount(frames) || !isWhole(start)) return null;
  if (typeof file !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(file)) return null;
  const exact = typeof duration === 'string' ? parseRational(duration) : null;
  if (exact === null || exact.num <= 0 || !Array.isArray(keyframes)) return null;
  const keys = keyframes.map(parseKeyframe);
  if (!keys.every((key) => key !== null)) return null;
  return {
    segment: {
      rendition,
      index,
      file,
      bytes,
      start,
      duration: exact,
      frames,
      keyframes: keys,
      crc32c: typeof crc32c === 'string' ? crc32c : undefined,
      carry: isCount(carry) ? carry : undefined,
      lead: isCount(lead) ? lead : undefined,
    },
  };
}

/** A whole line, and where in the file it ends (bytes, after its newline). */
export interface Line {
  readonly text: string;
  readonly endOffset: number;
}

/** The whole lines of a file, streamed; a last one without its newline was torn by a kill and is left out. */
export async function* readLines(path: string): AsyncGenerator<Line> {
  let rest = Buffer.alloc(0);
  let endOffset = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
      let start = 0;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
        endOffset += at + 1 - start;
        yield { text: bytes.toString('utf8', start, at), endOffset };
        start = at + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > LONGEST_LINE) return;
    }
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

const LONGEST_LINE = 1 << 20;

function parseEnd(value: Fields): JournalEnd | null {
  const { frames, segments, codecs, read } = value;
  if (!isCount(frames) || !isCount(segments)) return null;
  return {
    end: true,
    frames,
    segments,
    codecs: typeof codecs === 'string' ? codecs : null,
    read: parseTrackRead(read),
  };
}

function parseMark({ segments, ended, codecs, read }: Fields): ChunkMark | null {
  if (!isCount(segments) || typeof ended !== 'boolean') return null;
  return {
    chunk: true,
    segments,
    ended,
    codecs: typeof codecs === 'string' ? codecs : null,
    read: parseChunkRead(read),
  };
}

function parseKeyframe(value: unknown): Keyframe | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const parts: readonly unknown[] = value;
  const [offset, bytes, time] = parts;
  return isCount(offset) && isCount(bytes) && isWhole(time) ? { offset, bytes, time } : null;
}

interface Fields extends Readonly<Record<string, unknown>> {
  readonly index?: unknown;
  readonly file?: unknown;
  readonly bytes?: unknown;
  readonly startTicks?: unknown;
  readonly duration?: unknown;
  readonly frames?: unknown;
  readonly keyframes?: unknown;
  readonly crc32c?: unknown;
  readonly segments?: unknown;
  readonly carry?: unknown;
  readonly lead?: unknown;
  readonly codecs?: unknown;
  readonly ended?: unknown;
  readonly read?: unknown;
}

function parseObject(text: string): Fields | null {
  const value = parseJsonOrUndefined(text);
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isCount(value: unknown): value is number {
  return isWhole(value) && value >= 0;
}
