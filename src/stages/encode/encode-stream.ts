import { segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { PicturePlan } from '../../model/plan.js';
import { videoOf } from '../../model/rendition.js';
import type { VideoWork } from '../../tools/ffmpeg/video-work.js';
import { pipesOf, streamDecode, streamEncoders } from '../../tools/ffmpeg/video.js';
import type { RunContext } from '../../tools/run-context.js';
import type { EncodeSession } from './encode-session.js';
import { withGroup, type StartedSet, type StartSet } from './group.js';
import { groupOptions, makeChunkFolders, makeChunkPipes, tellCommands } from './make-chunk.js';
import { readingOfAll } from './reading.js';
import { endTogether, watchChunks, type ChunkWatch } from './watch-chunks.js';

/**
 * Makes spans of the rungs of one pass from a source that cannot be sought: one decoder goes through it from the start, and
 * hands each chunk to fresh encoders. They are started one chunk ahead, so that the decoder need not wait for the last
 * pictures of a chunk to be encoded.
 */
export async function encodeStream(
  session: EncodeSession,
  picture: PicturePlan,
  spans: readonly Span[],
  run: RunContext,
): Promise<void> {
  const { plan } = session.job;
  const { address, features } = session.site;
  const rungs = videoOf(plan).filter(({ id }) => spans.some(({ rendition }) => rendition.id === id));
  const [rung] = rungs;
  if (!rung) return;
  const length = segmentsPerChunk(plan, rung);
  const first = Math.min(...spans.map((span) => span.first));
  const folder = await makeChunkFolders(session, 'stream', rungs);
  const failure = new AbortController();
  const watches: ChunkWatch[] = [];
  let hasEnded = false;
  const reading = readingOfAll(plan, () => hasEnded);
  const workAt = (at: number): VideoWork => ({
    plan,
    address,
    picture,
    rungs,
    first: at,
    end: at + length,
    folder,
    features,
  });
  const startChunk = async (start: StartSet, at: number): Promise<Chunk> => {
    const chunks = rungs.map((rendition) => ({ rendition, first: at, end: at + length, start: at, carry: 0 }));
    const watch = watchChunks(session, chunks, folder, failure, reading);
    watches.push(watch);
    session.pace.videoBegan(at);
    // The decoder may be through with this chunk at any moment, and is to wait at the pipes of the next.
    await makeChunkPipes(pipesOf(workAt(at + length)));
    const commands = streamEncoders(workAt(at));
    tellCommands(commands, run);
    return { number: at / length, watch, encoders: start(commands, watch.listener) };
  };
  try {
    await withGroup(groupOptions(session, first, run, failure), async (start) => {
      let at = first;
      await makeChunkPipes(pipesOf(workAt(at)));
      let current = await startChunk(start, at);
      let next = await startChunk(start, at + length);
      const decoder = startDecoder(start, workAt(first), current.watch, run);
      void decoder.ended.then(() => (hasEnded = true));
      while (await isReached(current, decoder)) {
        // Pictures that end early may be a decoder's that fell: then this waits until the group is stopped.
        if (!(await current.watch.isWhole())) await decoder.ended;
        if (!endTogether(rungs, await current.watch.finish())) break;
        at += length;
        current = next;
        next = await startChunk(start, at + length);
      }
      if (!(await decoder.wrote(current.number))) await current.watch.finish();
      current.encoders.cancel();
      next.encoders.cancel();
    });
  } finally {
    for (const watch of watches) await watch.idle();
  }
}

interface Chunk {
  readonly number: number;
  readonly watch: ChunkWatch;
  readonly encoders: StartedSet;
}

interface Decoder {
  /** Resolves when the source is read to its end, and only then. */
  readonly ended: Promise<void>;
  /** Resolves when the source is read to its end: whether anything of the chunk of this number was in it. */
  wrote(chunk: number): Promise<boolean>;
}

/** `watch` hears of the damage that the decoder meets. */
function startDecoder(start: StartSet, work: VideoWork, { listener }: ChunkWatch, run: RunContext): Decoder {
  const command = streamDecode(work);
  tellCommands([command], run);
  let last = -1;
  const onSegment = (_: string, pipe: string): void => {
    last = Math.max(last, Number(/\.(\d+)\.pipe$/.exec(pipe)?.[1] ?? -1));
  };
  const { ended } = start([command], {
    onSegment,
    onError: listener.onError,
    onMeasure: listener.onMeasure,
    onProgress: () => {},
  });
  return { ended, wrote: (chunk) => ended.then(() => chunk <= last) };
}

/** Waits until a chunk is encoded; false when the source ended before it. */
async function isReached({ number, encoders }: Chunk, decoder: Decoder): Promise<boolean> {
  const made = encoders.ended.then(() => true);
  return Promise.race([made, decoder.wrote(number).then((wrote) => (wrote ? made : false))]);
}
