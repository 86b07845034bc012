import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { Segment } from '../../model/artifact.js';
import type { EncodeJob } from '../../model/encode-job.js';
import type { Rendition } from '../../model/rendition.js';
import type { ChunkSpan } from './chunk-span.js';
import { closeSegment, isEmptyFile, joinTail, type ProtectSegment } from './close-segment.js';
import { isTail, measureSegment } from './measure.js';

/** Takes closed segments of one chunk in order, and hands on those that are whole. */
export interface SegmentTrack {
  /** FFmpeg has closed this file. */
  closed(file: string): void;
  /** Resolves when all that was closed so far is dealt with; never rejects. */
  idle(): Promise<void>;
  /** Whether what was closed so far reaches the end of the chunk; never rejects. */
  isWhole(): Promise<boolean>;
  /** All processes ended well: a last, short segment counts too. Gives how far the chunk reaches. */
  finish(): Promise<TrackTotals>;
}

export interface TrackTotals {
  /** Counted from the title's first segment. */
  readonly segments: number;
  /** Made in this chunk. */
  readonly frames: number;
  /** RFC 6381, from the SPS; null for audio. */
  readonly codecs: string | null;
  /** It came to its end: what follows it, if anything, begins there. */
  readonly whole: boolean;
}

/** Where FFmpeg writes, and where whole segments go: each holds a folder per rendition. */
export interface TrackFolders {
  readonly parts: string;
  readonly folder: string;
}

export interface TrackHooks {
  /** Null: segments stay clear. */
  readonly protect: ProtectSegment | null;
  /** Called with the initialization segment of each segment before that counts; throws when it is another one. */
  readonly onInit: (bytes: Buffer) => Promise<void>;
  readonly onSegment: (segment: Segment) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * A segment that does not reach the next boundary of the grid may be the title's last, or the torn edge of a
 * process that was stopped: it is held back until finish() says that the end was a real one. So is the segment that a tail
 * may become part of (`Grid.tail`), until it is known what comes after it. Segments before the span, and
 * after it, are made for the encoder's sake and thrown away.
 */
export function trackSegments(
  { plan, audioEnd }: Pick<EncodeJob, 'plan' | 'audioEnd'>,
  { rendition, first, end, carry: carriedIn }: ChunkSpan,
  { parts, folder }: TrackFolders,
  hooks: TrackHooks,
): SegmentTrack {
  let next = first;
  let carry = carriedIn;
  let init: Buffer | null = null;
  let frames = 0;
  let codecs: string | null = null;
  let beforeTail: Segment | null = null;
  let short: Segment | null = null;
  let work = Promise.resolve();

  const accept = async (segment: Segment): Promise<void> => {
    await rename(join(parts, rendition.id, segment.file), join(folder, rendition.id, segment.file));
    frames += segment.frames;
    hooks.onSegment(segment);
  };
  const acceptLast = async (last: Segment | null): Promise<void> => {
    if (beforeTail && last && isTail(plan, rendition, last, audioEnd)) {
      const joined = await joinTail(rendition, parts, beforeTail, { file: last.file, carry, init });
      await accept(measureSegment(plan, rendition, joined).segment);
      next = last.index;
      return;
    }
    if (beforeTail) await accept(beforeTail);
    if (last) await accept(last);
  };
  const take = async (file: string): Promise<void> => {
    const index = Number.parseInt(file, 10);
    const path = join(parts, rendition.id, file);
    const unwanted = index < first || (end !== null && index >= end);
    // Frames past the end of the chunk would push others out of it.
    if (unwanted && rendition.kind === 'video' && !(await isEmptyFile(rendition, path))) {
      throw broken(`${rendition.name}: more frames came than its chunk holds`, 'FFmpeg made some twice');
    }
    const closed = unwanted ? null : await closeSegment(plan, rendition, parts, file, carry, hooks.protect);
    // FFmpeg closes an empty file where it got not one frame: the title has ended before this chunk.
    if (!closed && !unwanted && index > first) throw outOfOrder(rendition, index, next);
    if (!closed) {
      await rm(path, { force: true });
      return;
    }
    if (short || index !== next) throw outOfOrder(rendition, index, next);
    ({ carry, init } = closed);
    const measured = measureSegment(plan, rendition, closed);
    if (init) await hooks.onInit(init);
    codecs ??= measured.codecs;
    next = index + 1;
    if (!measured.full) {
      short = measured.segment;
      return;
    }
    if (beforeTail) await accept(beforeTail);
    beforeTail = null;
    if (next === plan.grid.tail?.index) beforeTail = measured.segment;
    else await accept(measured.segment);
  };
  return {
    closed(file) {
      work = work.then(async () => take(file));
      work.catch(hooks.onError);
    },
    async idle() {
      await work.catch(() => undefined);
    },
    async isWhole() {
      await work.catch(() => undefined);
      return short === null && next === end;
    },
    async finish() {
      await work;
      const whole = short === null && next === end;
      await acceptLast(short);
      return { segments: next, frames, codecs, whole };
    },
  };
}

function outOfOrder({ name }: Rendition, index: number, expected: number): MediactlError {
  const reason = 'a segment in the middle of the title ended before its boundary';
  return broken(`${name}: segment ${index} came instead of segment ${expected}`, reason);
}

function broken(message: string, reason: string): MediactlError {
  return new MediactlError('grid-broken', message, {
    reason,
    hint: 'please report this with the output of "mediactl plan" and the FFmpeg version',
  });
}
