import { segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { PicturePlan } from '../../model/plan.js';
import { videoOf } from '../../model/rendition.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import type { RunContext } from '../../tools/run-context.js';
import { ChunkQueue, type ChunkJob } from './chunk-queue.js';
import type { EncodeSession } from './encode-session.js';
import { encodeStream } from './encode-stream.js';
import { makeChunk } from './make-chunk.js';
import { endTogether } from './watch-chunks.js';

/**
 * Makes spans of rungs. Where the source can be sought, chunks are made side by side, each with a decoder of its own; else
 * one decoder goes through the source (see encodeStream).
 */
export async function encodeVideo(session: EncodeSession, spans: readonly Span[], run: RunContext): Promise<void> {
  try {
    await encodeRungs(session, spans, run);
  } finally {
    session.pace.videoEnded();
  }
}

async function encodeRungs(session: EncodeSession, spans: readonly Span[], run: RunContext): Promise<void> {
  const { plan } = session.job;
  const { schedule } = session.site;
  const { picture } = plan;
  const [rung] = videoOf(plan);
  if (!picture || !rung || spans.length === 0) return;
  const passes = schedule.passes.map((ids) => videoOf(plan).filter(({ id }) => ids.includes(id)));
  if (!plan.input.seekable && schedule.mode === 'shared') {
    for (const pass of passes) {
      const own = spans.filter(({ rendition }) => pass.some(({ id }) => id === rendition.id));
      await encodeStream(session, picture, own, run);
    }
    return;
  }
  const length = segmentsPerChunk(plan, rung);
  const queue = new ChunkQueue({ spans, passes, length, expectedSegments: plan.prediction.segments });
  const opening = createOpening(spans.map((span) => span.rendition.id));
  await encodeChunks(session, picture, queue, opening, run);
}

/** Chunks of the queue, side by side. When one fails, all others are stopped, and have ended before this throws. */
async function encodeChunks(
  session: EncodeSession,
  picture: PicturePlan,
  queue: ChunkQueue,
  opening: Opening,
  run: RunContext,
): Promise<void> {
  const { chunksAtFirst, chunksAtOnce } = session.site.schedule;
  const failure = new AbortController();
  const signal = AbortSignal.any([run.signal, failure.signal]);
  const make = async (job: ChunkJob): Promise<void> => {
    let whole = false;
    try {
      signal.throwIfAborted();
      whole = await encodeChunk(session, picture, job, opening.onSegment, { ...run, signal });
    } catch (error) {
      failure.abort(error);
    } finally {
      // Others wait for this, whatever became of it.
      queue.finished(job, whole);
    }
  };
  const lane = async (number: number): Promise<void> => {
    if (number >= chunksAtFirst) await opening.over;
    for (let job = await queue.next(); job !== null; job = await queue.next()) {
      await make(job);
      opening.end();
      if (signal.aborted) break;
    }
    opening.end();
  };
  await Promise.all(Array.from({ length: chunksAtOnce }, (_, number) => lane(number)));
  signal.throwIfAborted();
}

/** The time until each rendition has its first segment: players wait for that, so that no other chunk is made beside it. */
interface Opening {
  readonly over: Promise<void>;
  readonly onSegment: (rendition: string) => void;
  end(): void;
}

function createOpening(renditions: readonly string[]): Opening {
  const waiting = new Set(renditions);
  let end = (): void => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  return {
    over,
    end: () => end(),
    onSegment(rendition) {
      waiting.delete(rendition);
      if (waiting.size === 0) end();
    },
  };
}

const NOTHING = { seconds: 0, frames: 0 };

/** Whether the chunk came to its end. */
async function encodeChunk(
  session: EncodeSession,
  picture: PicturePlan,
  { rungs, first, end, beyondEnd }: ChunkJob,
  onSegment: (rendition: string) => void,
  run: RunContext,
): Promise<boolean> {
  const { job, site, pace, speedometer } = session;
  const { plan } = job;
  const { address, features, schedule } = site;
  pace.videoBegan(first);
  const [top, ...others] = rungs.map((rendition) => ({ rendition, first, end, start: first, carry: 0 }));
  if (!top) throw new RangeError('a chunk is made of at least one rung');
  const commands = (folder: string): FfmpegCommand[] =>
    videoCommands({ plan, address, picture, rungs, first, end, folder, features }, schedule.mode);
  const signal = AbortSignal.any([run.signal, beyondEnd.signal]);
  try {
    const work = { spans: [top, ...others] as const, commands, onSegment };
    return endTogether(rungs, await makeChunk(session, work, { ...run, signal }));
  } catch (error) {
    if (!beyondEnd.signal.aborted || run.signal.aborted) throw error;
    for (const rung of rungs) speedometer.finished(rung, first, NOTHING);
    return false;
  }
}
