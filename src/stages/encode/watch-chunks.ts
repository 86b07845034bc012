import { MediactlError } from '../../errors.js';
import { diskFull } from '../../errors/disk.js';
import type { ChunkRead } from '../../model/account.js';
import { rational, toNumber } from '../../model/rational.js';
import type { Rendition, VideoRendition } from '../../model/rendition.js';
import { isMissingStart } from '../../tools/ffmpeg/messages.js';
import type { ChunkSpan } from './chunk-span.js';
import type { EncodeSession } from './encode-session.js';
import type { GroupListener } from './member.js';
import { readingOf, type Reading } from './reading.js';
import { trackSegments, type SegmentTrack, type TrackTotals } from './track.js';

/** Follows the segments of chunks that are made together. */
export interface ChunkWatch {
  readonly listener: GroupListener;
  /** Resolves when nothing moves files about any more. */
  idle(): Promise<void>;
  /** Whether the segments that are closed so far are all that the chunks can have. */
  isWhole(): Promise<boolean>;
  /** All processes have ended well: yields the chunks. Gives how far each reaches. */
  finish(): Promise<TrackTotals[]>;
}

/**
 * `parts`: where FFmpeg writes, with a folder for each rendition. `failure` is aborted, with its error, when a segment is
 * not what was planned.
 */
export function watchChunks(
  session: EncodeSession,
  spans: readonly ChunkSpan[],
  parts: string,
  failure: AbortController,
  reading: Reading = readingOf(session.job.plan, spans),
): ChunkWatch {
  const tracks = new Map(
    spans.map((span) => [span.rendition.id, { span, track: openTrack(session, span, parts, failure) }]),
  );
  return {
    listener: {
      onSegment: (id, file) => tracks.get(id)?.track.closed(file),
      onError: (command, text, framesBefore) => {
        // FFmpeg says so and ends well, with a segment that is torn or empty: it must not pass for the title's end.
        if (WRITE_FAILED.test(text)) failure.abort(diskFull(session.site.folder, new Error(text)));
        const { tracksReadTogether, mended } = session.job.plan.input;
        const isRecorded = tracksReadTogether.length > 0 || mended.length > 0;
        const isCutOpen = isRecorded && framesBefore === 0 && isMissingStart(text);
        if (command.readsSource && !isCutOpen) session.items.push({ kind: 'damage', text });
      },
      onMeasure: reading.onMeasure,
      onProgress: ({ outputs }, { frames, seconds }) => {
        for (const { rendition: id } of outputs) {
          const known = tracks.get(id);
          if (known) reportProgress(session, known.span, frames ?? 0, seconds ?? 0);
        }
      },
    },
    async idle() {
      for (const { track } of tracks.values()) await track.idle();
    },
    async isWhole() {
      const tracked = await Promise.all([...tracks.values()].map(({ track }) => track.isWhole()));
      return tracked.every(Boolean);
    },
    async finish() {
      const totals: TrackTotals[] = [];
      for (const { span, track } of tracks.values()) {
        const total = await track.finish();
        if (total.segments === 0) throw nothingDecoded(span.rendition);
        totals.push(total);
        yieldChunk(session, span, total, reading.of(span.rendition, total));
      }
      return totals;
    },
  };
}

const WRITE_FAILED = /No space left on device|Disk quota exceeded/;

function openTrack(
  { job, site, inits, items }: EncodeSession,
  span: ChunkSpan,
  parts: string,
  failure: AbortController,
): SegmentTrack {
  const { rendition, first } = span;
  return trackSegments(
    job,
    span,
    { parts, folder: site.folder },
    {
      protect: site.protect,
      onInit: (bytes) => inits.keep(rendition, bytes),
      onSegment: (segment) => items.push({ kind: 'segment', chunk: first, segment }),
      onError: (error) => failure.abort(error),
    },
  );
}

function yieldChunk(
  { job, items, speedometer }: EncodeSession,
  { rendition, first }: ChunkSpan,
  { segments, frames, whole, codecs }: TrackTotals,
  read: ChunkRead | null,
): void {
  const seconds = (segments - first) * toNumber(job.plan.grid.segmentSeconds);
  speedometer.finished(rendition, first, { seconds, frames });
  items.push({ kind: 'chunk', rendition, first, segments, ended: !whole, codecs, read });
}

function reportProgress(
  { job, speedometer }: EncodeSession,
  { rendition, first, start }: ChunkSpan,
  frames: number,
  seconds: number,
): void {
  const { frameRate, segmentSeconds } = job.plan.grid;
  switch (rendition.kind) {
    case 'video': {
      const done = toNumber(frameRate ?? rational(25));
      speedometer.report(rendition, first, { seconds: frames / done, frames });
      return;
    }
    case 'audio': {
      const warmUp = (first - start) * toNumber(segmentSeconds);
      speedometer.report(rendition, first, { seconds: Math.max(0, seconds - warmUp), frames: 0 });
    }
  }
}

function nothingDecoded(rendition: Rendition): MediactlError {
  return new MediactlError('encode-failed', `nothing could be decoded for ${rendition.name}`, {
    reason: 'FFmpeg read the whole source without decoding a single frame',
    hint: 'check that the file plays elsewhere; "mediactl probe" shows what it contains',
  });
}

/** Whether the rungs of a chunk came to its end. Throws MediactlError grid-broken when they differ in length. */
export function endTogether(rungs: readonly VideoRendition[], totals: readonly TrackTotals[]): boolean {
  const [first, ...others] = totals;
  if (first && others.every(({ segments, frames }) => segments === first.segments && frames === first.frames)) {
    return first.whole;
  }
  throw new MediactlError('grid-broken', 'the rungs are not equally long', {
    reason: rungs.map(({ name }, i) => `${name}: ${totals[i]?.frames} frames`).join(', '),
    hint: 'please report this with the output of "mediactl plan" and the FFmpeg version',
  });
}
