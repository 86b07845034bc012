import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import { divide, toNumber } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import { audioCommands, audioWarmUp } from '../../tools/ffmpeg/audio.js';
import { makeChunkFolders, makePipes, watchChunks } from './chunk-run.js';
import { skipsAhead, type ChunkSpan, type EncodeRun } from './encode-run.js';
import { withGroup } from './group.js';

/** Makes the audio among a run's spans, one track after the other, each chunk by processes of its own. */
export async function encodeAudio(run: EncodeRun): Promise<void> {
  const streams = new Map<string, [AudioSpan, ...AudioSpan[]]>();
  for (const { rendition, first, end, carry = 0 } of run.spans) {
    if (rendition.kind !== 'audio') continue;
    const span = { rendition, first, end, carry };
    // What is missing of one container may be there in another.
    const key = `${rendition.name} ${first} ${end}`;
    const stream = streams.get(key);
    if (stream) stream.push(span);
    else streams.set(key, [span]);
  }
  for (const spans of streams.values()) await encodeSpans(run, spans);
}

/** A span of audio to make; those that are made together differ in their renditions' containers and what they go on with. */
interface AudioSpan extends Span {
  readonly rendition: AudioRendition;
  readonly carry: number;
}

async function encodeSpans(run: EncodeRun, spans: readonly [AudioSpan, ...AudioSpan[]]): Promise<void> {
  const [span] = spans;
  const length = segmentsPerChunk(run.plan, span.rendition);
  const last = lastSegment(run);
  let { first } = span;
  while (span.end === null || first < span.end) {
    const next = chunkStart(first, length) + length;
    // The chunk in which the audio ends is not cut: what its last frame reaches over is part of it.
    const end = Number.isFinite(next) && next <= last ? next : null;
    // An abort ends the video, and so this wait.
    await run.pace.reached(first);
    run.signal.throwIfAborted();
    const isFirst = first === span.first;
    const chunk = spans.map(({ rendition, carry }) => ({ rendition, carry: isFirst ? carry : 0 }));
    const whole = await encodeChunk(run, span.rendition, chunk, { first, end });
    if (!whole) return;
    first = next;
  }
}

/** The segment in which audio ends; Infinity where that is not known. */
function lastSegment({ plan, audioEnd }: EncodeRun): number {
  if (audioEnd === null) return Infinity;
  return Math.ceil(toNumber(divide(audioEnd, plan.grid.segmentSeconds)) - 1e-9) - 1;
}

/** Whether the chunk came to its end, so that others may follow. */
async function encodeChunk(
  run: EncodeRun,
  audio: AudioRendition,
  outputs: readonly Pick<AudioSpan, 'rendition' | 'carry'>[],
  { first, end }: Pick<ChunkSpan, 'first' | 'end'>,
): Promise<boolean> {
  const start = audioWarmUp(first);
  const { plan, address } = run;
  const renditions = outputs.map(({ rendition }) => rendition);
  const folder = await makeChunkFolders(run, `${audio.id}.${first}`, renditions);
  const failure = new AbortController();
  const spans = outputs.map(({ rendition, carry }) => ({ rendition, first, end, start, carry }));
  const watch = watchChunks(run, spans, folder, failure);
  const work = { plan, address, renditions, audio, first: start, end, titleEnd: run.audioEnd, folder };
  const commands = audioCommands(work, run.schedule.audioPipes);
  await makePipes(commands.flatMap(({ writesTo }) => writesTo));
  for (const { label, args } of commands) run.emit({ type: 'command', label, argv: [run.ffmpeg, ...args] });
  const options = {
    ffmpeg: run.ffmpeg,
    address,
    stallSeconds: run.stallSeconds,
    skipsAhead: skipsAhead(plan, start),
    signal: AbortSignal.any([run.signal, failure.signal]),
    gate: run.gate,
  };
  try {
    await withGroup(options, (group) => group(commands, watch.listener).ended);
  } finally {
    await watch.idle();
  }
  const totals = await watch.finish();
  return totals.every(({ whole }) => whole);
}
