import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { EncodeJob } from '../../model/encode-job.js';
import { divide, toNumber } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';
import { audioCommands, audioWarmUp } from '../../tools/ffmpeg/audio.js';
import type { FfmpegCommand } from '../../tools/ffmpeg/command.js';
import type { RunContext } from '../../tools/run-context.js';
import type { ChunkSpan } from './chunk-span.js';
import type { EncodeSession } from './encode-session.js';
import { makeChunk } from './make-chunk.js';

/** Makes spans of audio, one track after the other, each chunk by processes of its own. */
export async function encodeAudio(session: EncodeSession, spans: readonly Span[], run: RunContext): Promise<void> {
  const streams = new Map<string, [AudioSpan, ...AudioSpan[]]>();
  for (const { rendition, first, end, carry = 0 } of spans) {
    if (rendition.kind !== 'audio') continue;
    const span = { rendition, first, end, carry };
    // What is missing of one container may be there in another.
    const key = `${rendition.name} ${first} ${end}`;
    const stream = streams.get(key);
    if (stream) stream.push(span);
    else streams.set(key, [span]);
  }
  for (const stream of streams.values()) await encodeStream(session, stream, run);
}

/** A span of audio to make; those that are made together differ in their renditions' containers and what they go on with. */
interface AudioSpan extends Span {
  readonly rendition: AudioRendition;
  readonly carry: number;
}

type AudioSpans = readonly [AudioSpan, ...AudioSpan[]];

async function encodeStream(session: EncodeSession, spans: AudioSpans, run: RunContext): Promise<void> {
  const [span] = spans;
  const length = segmentsPerChunk(session.job.plan, span.rendition);
  const last = lastSegment(session.job);
  let { first } = span;
  while (span.end === null || first < span.end) {
    const next = chunkStart(first, length) + length;
    // The chunk in which the audio ends is not cut: what its last frame reaches over is part of it.
    const end = Number.isFinite(next) && next <= last ? next : null;
    // An abort ends the video, and so this wait.
    await session.pace.reached(first);
    run.signal.throwIfAborted();
    const whole = await encodeChunk(session, spans, { first, end }, run);
    if (!whole) return;
    first = next;
  }
}

/** The segment in which audio ends; Infinity where that is not known. */
function lastSegment({ plan, audioEnd }: EncodeJob): number {
  if (audioEnd === null) return Infinity;
  return Math.ceil(toNumber(divide(audioEnd, plan.grid.segmentSeconds)) - 1e-9) - 1;
}

/** Whether the chunk came to its end, so that others may follow. */
async function encodeChunk(
  session: EncodeSession,
  [one, ...others]: AudioSpans,
  { first, end }: Pick<AudioSpan, 'first' | 'end'>,
  run: RunContext,
): Promise<boolean> {
  const { job, site } = session;
  const start = audioWarmUp(first);
  const { rendition: audio } = one;
  const renditions = [one, ...others].map(({ rendition }) => rendition);
  const chunkOf = (span: AudioSpan): ChunkSpan => {
    return { rendition: span.rendition, first, end, start, carry: first === span.first ? span.carry : 0 };
  };
  const commands = (folder: string): FfmpegCommand[] => {
    const { plan, audioEnd: titleEnd } = job;
    const work = { plan, address: site.address, renditions, audio, first: start, end, titleEnd, folder };
    return audioCommands(work, site.schedule.audioPipes);
  };
  const totals = await makeChunk(session, { spans: [chunkOf(one), ...others.map(chunkOf)], commands }, run);
  return totals.every(({ whole }) => whole);
}
