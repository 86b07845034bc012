import { segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { PicturePlan } from '../../model/plan.js';
import { videoOf } from '../../model/rendition.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import { ChunkQueue, type ChunkJob } from './chunk-queue.js';
import { endTogether, makeChunkFolders, makePipes, watchChunks } from './chunk-run.js';
import { skipsAhead, type EncodeRun } from './encode-run.js';
import { encodeStream } from './encode-stream.js';
import { withGroup } from './group.js';

/**
 * Makes the rungs among a run's spans. Where the source can be sought, chunks are made side by side, each with a decoder
 * of its own; else one decoder goes through the source (see encodeStream).
 */
export async function encodeVideo(run: EncodeRun): Promise<void> {
  try {
    await encodeRungs(run);
  } finally {
    run.pace.videoEnded();
  }
}

async function encodeRungs(run: EncodeRun): Promise<void> {
  const { plan, schedule } = run;
  const { picture } = plan;
  const spans = run.spans.filter(({ rendition }) => rendition.kind === 'video');
  const [rung] = videoOf(plan);
  if (!picture || !rung || spans.length === 0) return;
  const passes = schedule.passes.map((ids) => videoOf(plan).filter(({ id }) => ids.includes(id)));
  if (!plan.input.seekable && schedule.mode === 'shared') {
    for (const pass of passes) await encodeStream(run, picture, pass);
    return;
  }
  const length = segmentsPerChunk(plan, rung);
  const queue = new ChunkQueue({ spans, passes, length, expectedSegments: plan.prediction.segments });
  await encodeChunks(run, picture, spans, queue);
}

/** Chunks of the queue, side by side. When one fails, all others are stopped, and have ended before this throws. */
async function encodeChunks(
  run: EncodeRun,
  picture: PicturePlan,
  spans: readonly Span[],
  queue: ChunkQueue,
): Promise<void> {
  const failure = new AbortController();
  const signal = AbortSignal.any([run.signal, failure.signal]);
  const opening = createOpening(spans.map((span) => span.rendition.id));
  const make = async (job: ChunkJob): Promise<void> => {
    let whole = false;
    try {
      signal.throwIfAborted();
      whole = await encodeChunk({ ...run, signal }, picture, job, opening.onSegment);
    } catch (error) {
      failure.abort(error);
    } finally {
      // Others wait for this, whatever became of it.
      queue.finished(job, whole);
    }
  };
  const lane = async (number: number): Promise<void> => {
    if (number >= run.schedule.chunksAtFirst) await opening.over;
    for (let job = await queue.next(); job !== null; job = await queue.next()) {
      await make(job);
      opening.end();
      if (signal.aborted) break;
    }
    opening.end();
  };
  await Promise.all(Array.from({ length: run.schedule.chunksAtOnce }, (_, number) => lane(number)));
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
  run: EncodeRun,
  picture: PicturePlan,
  job: ChunkJob,
  onSegment: (rendition: string) => void,
): Promise<boolean> {
  const { plan, address, features, schedule } = run;
  const { rungs, first, end } = job;
  run.signal.throwIfAborted();
  run.pace.videoBegan(first);
  const folder = await makeChunkFolders(run, `${rungs[0]?.id}.${first}`, rungs);
  const spans = rungs.map((rendition) => ({ rendition, first, end, start: first, carry: 0 }));
  const failure = new AbortController();
  const watch = watchChunks(run, spans, folder, failure);
  const commands = videoCommands({ plan, address, picture, rungs, first, end, folder, features }, schedule.mode);
  await makePipes(commands.flatMap(({ writesTo }) => writesTo));
  for (const { label, args } of commands) run.emit({ type: 'command', label, argv: [run.ffmpeg, ...args] });
  const listener = {
    ...watch.listener,
    onSegment: (rendition: string, file: string): void => {
      watch.listener.onSegment(rendition, file);
      onSegment(rendition);
    },
  };
  const options = {
    ffmpeg: run.ffmpeg,
    address,
    stallSeconds: run.stallSeconds,
    skipsAhead: skipsAhead(plan, first),
    signal: AbortSignal.any([run.signal, failure.signal, job.beyondEnd.signal]),
    gate: run.gate,
  };
  try {
    await withGroup(options, (group) => group(commands, listener).ended);
  } catch (error) {
    if (!job.beyondEnd.signal.aborted || run.signal.aborted) throw error;
    for (const rung of rungs) run.speedometer.finished(rung, first, NOTHING);
    return false;
  } finally {
    await watch.idle();
  }
  return endTogether(rungs, await watch.finish());
}
