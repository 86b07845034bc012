import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import { divide, toNumber } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import { audioCommands, audioWarmUp } from '../../tools/ffmpeg/audio.js';
import { makeChunkFolders, makePipes, watchChunks, type ChunkSpan } from './chunk-run.js';
import { skipsAhead, type EncodeRun } from './encode-run.js';
import { withGroup } from './group.js';

/** Makes the audio among a run's spans, one track after the other, each chunk by processes of its own. */
export async function encodeAudio(run: EncodeRun): Promise<void> {
  for (const span of run.spans) {
    if (span.rendition.kind === 'audio') await encodeSpan(run, span.rendition, span);
  }
}

async function encodeSpan(run: EncodeRun, rendition: AudioRendition, span: Span): Promise<void> {
  const length = segmentsPerChunk(run.plan, rendition);
  const last = lastSegment(run);
  let { first, carry = 0 } = span;
  while (span.end === null || first < span.end) {
    const next = chunkStart(first, length) + length;
    // The chunk in which the audio ends is not cut: what its last frame reaches over is part of it.
    const end = Number.isFinite(next) && next <= last ? next : null;
    // An abort ends the video, and so this wait.
    await run.pace.reached(first);
    run.signal.throwIfAborted();
    const whole = await encodeChunk(run, rendition, { first, end, carry });
    if (!whole) return;
    first = next;
    carry = 0;
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
  rendition: AudioRendition,
  { first, end, carry }: Pick<ChunkSpan, 'first' | 'end' | 'carry'>,
): Promise<boolean> {
  const start = audioWarmUp(first);
  const { plan, address } = run;
  const folder = await makeChunkFolders(run, `${rendition.id}.${first}`, [rendition]);
  const failure = new AbortController();
  const watch = watchChunks(run, [{ rendition, first, end, start, carry }], folder, failure);
  const work = { plan, address, audio: rendition, first: start, end, titleEnd: run.audioEnd, folder };
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
  const [total] = await watch.finish();
  return total?.whole ?? false;
}
