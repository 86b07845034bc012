import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { diskFull } from '../../errors/disk.js';
import { freeBytes } from '../../tools/space.js';
import { createChannel } from './channel.js';
import { encodeAudio } from './encode-audio.js';
import type { EncodeItem, EncodeRequest, EncodeRun } from './encode-run.js';
import { encodeVideo } from './encode-video.js';
import { createGate } from './gate.js';
import { createInits } from './inits.js';
import { createPace } from './pace.js';
import { createSpeedometer } from './speed.js';

/**
 * Encodes spans of renditions chunk by chunk, and yields each segment as it closes, measured and in its place. Audio runs
 * beside video. While the consumer does not come for what is ready, FFmpeg is suspended. Throws what withGroup throws;
 * when the consumer stops early, all processes are stopped.
 */
export async function* encode(request: EncodeRequest): AsyncGenerator<EncodeItem> {
  const gate = createGate();
  const plenty = backlog(request.spans.length);
  const channel = createChannel<EncodeItem>((items) => {
    if (items >= plenty) gate.set(true);
    else if (items === 0) gate.set(false);
  });
  const stop = new AbortController();
  const signal = AbortSignal.any([request.signal, stop.signal]);
  const parts = await makeParts(request.folder);
  const speedometer = createSpeedometer(request.plan, request.doneSeconds, request.emit);
  const inits = createInits(request.folder, (init) => channel.push({ kind: 'init', init }));
  const run: EncodeRun = { ...request, signal, channel, gate, speedometer, pace: createPace(), inits, parts };
  const jobs = [encodeVideo(run), encodeAudio(run)].map(async (work) =>
    work.catch(async (error: unknown) => {
      const failure = await orDiskFull(error, run.folder);
      stop.abort(failure);
      throw failure;
    }),
  );
  const all = Promise.allSettled(jobs).then(async () => {
    // What cannot be removed is removed by the next run; whoever waits for segments must hear of the end.
    await rm(parts, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    if (signal.aborted) channel.close(reasonOf(signal));
    else channel.close();
  });
  try {
    yield* channel;
  } finally {
    stop.abort(new Error('no longer wanted'));
    await all;
  }
}

// All renditions may close a segment at the same moment; more than that means that nobody comes for them.
const BACKLOG_PER_SPAN = 2;
const MANY = 3;

function backlog(spans: number): number {
  return BACKLOG_PER_SPAN * Math.max(MANY, spans);
}

/**
 * How many segments of each of so many renditions may be on disk before FFmpeg is suspended, though nobody comes for
 * them: those that wait, one that is measured, and one that is written, of each of so many chunks side by side.
 */
export function segmentsAhead(renditions: number, chunksAtOnce: number): number {
  return Math.ceil(backlog(renditions) / Math.max(1, renditions)) + 2 * chunksAtOnce;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

// What a disk has left when a write of FFmpeg's failed: less than it writes at once.
const NOTHING_LEFT = 1 << 18;

const TORN: ReadonlySet<string> = new Set(['encode-failed', 'grid-broken']);

/** FFmpeg may close a segment that it could not write, without a word: the torn segment is noticed first. */
async function orDiskFull(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof MediactlError) || !TORN.has(error.code)) return error;
  return (await freeBytes(folder)) < NOTHING_LEFT ? diskFull(folder, error) : error;
}

const PARTS = 'parts-';

/**
 * A folder that no other run has had: an FFmpeg that outlived a killed run, because its guard was killed as well,
 * must not write among the files of this one. Removes what killed runs left.
 */
async function makeParts(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name.startsWith(PARTS)) await rm(join(folder, name), { recursive: true, force: true });
  }
  return mkdtemp(join(folder, PARTS));
}
