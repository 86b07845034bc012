import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { MediactlError } from '../../errors.js';
import { diskFull } from '../../errors/disk.js';
import type { Segment } from '../../model/artifact.js';
import type { Emit } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { videoOf, type AudioRendition, type Rendition, type VideoRendition } from '../../model/rendition.js';
import type { Schedule } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import { audioCommand, audioWarmUp } from '../../tools/ffmpeg/audio.js';
import type { FfmpegCommand, FfmpegFeatures } from '../../tools/ffmpeg/command.js';
import { isMissingStart } from '../../tools/ffmpeg/messages.js';
import { videoCommands } from '../../tools/ffmpeg/video.js';
import { capture } from '../../tools/process.js';
import { freeBytes } from '../../tools/space.js';
import { createChannel, type Channel } from './channel.js';
import { createGate, type Gate } from './gate.js';
import { runGroup } from './group.js';
import { speedometer } from './speed.js';
import { trackSegments, type TrackTotals } from './track.js';

export interface EncodeRequest {
  readonly plan: EncodePlan;
  readonly schedule: Schedule;
  /** Of the plan's source. */
  readonly address: InputAddress;
  /** What is to be made, each from its first missing segment to the end of the title. */
  readonly spans: readonly RenditionSpan[];
  /** Where audio ends on the title's timeline, in samples; null: where the source's sound ends. */
  readonly audioEndSamples: number | null;
  /** Absolute; whole segments appear in <folder>/<rendition id>/. */
  readonly folder: string;
  readonly ffmpeg: string;
  readonly features: FfmpegFeatures;
  readonly stallSeconds: number;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

export interface RenditionSpan {
  readonly rendition: Rendition;
  readonly first: number;
}

/** What encoding yields, in the order it happens. */
export type EncodeItem =
  | { readonly kind: 'segment'; readonly segment: Segment }
  /** A rendition has reached the end of the title. */
  | ({ readonly kind: 'ended'; readonly rendition: Rendition } & TrackTotals)
  /** FFmpeg reported an error while reading the source, and went on. */
  | { readonly kind: 'damage'; readonly text: string };

/**
 * Encodes spans of renditions and yields each segment as it closes, measured and in its place. Video rungs of
 * one pass run side by side and decode once (see tools/ffmpeg/video); audio runs beside them, one track after
 * the other. While the consumer does not come for what is ready, FFmpeg is suspended. Throws what runGroup throws; when the consumer stops early, all processes are stopped.
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
  const run = { ...request, signal, channel, gate, parts: await makeParts(request.folder) };

  const videoLane = pLimit(1);
  const audioLane = pLimit(1);
  const checked = (work: Promise<void>): Promise<void> =>
    work.catch(async (error: unknown) => {
      throw await orDiskFull(error, run.folder);
    });
  const jobs = [
    ...videoPasses(request).map((pass) => videoLane(() => checked(encodeVideo(run, pass)))),
    ...audioSpans(request).map((span) => audioLane(() => checked(encodeAudio(run, span)))),
  ];
  for (const job of jobs) job.catch((error: unknown) => stop.abort(error));
  const all = Promise.allSettled(jobs).then(async () => {
    await rm(run.parts, { recursive: true, force: true });
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
 * them: those that wait, one that is measured, and one that is written.
 */
export function segmentsAhead(renditions: number): number {
  return Math.ceil(backlog(renditions) / Math.max(1, renditions)) + 2;
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

interface Run extends EncodeRequest {
  readonly channel: Channel<EncodeItem>;
  readonly gate: Gate;
  /** Where FFmpeg writes; this run's own, gone afterwards. */
  readonly parts: string;
}

interface RungSpan {
  readonly rendition: VideoRendition;
  readonly first: number;
}

interface AudioSpan {
  readonly rendition: AudioRendition;
  readonly first: number;
}

/** The schedule's passes with what is missing of each. */
function videoPasses({ plan, schedule, spans }: EncodeRequest): RungSpan[][] {
  const firsts = new Map(spans.map(({ rendition, first }) => [rendition.id, first]));
  const rungs = videoOf(plan);
  const passes = schedule.passes.map((ids) =>
    rungs.flatMap((rendition) => {
      const first = ids.includes(rendition.id) ? firsts.get(rendition.id) : undefined;
      return first === undefined ? [] : [{ rendition, first }];
    }),
  );
  return passes.filter((pass) => pass.length > 0);
}

function audioSpans({ spans }: EncodeRequest): AudioSpan[] {
  return spans.flatMap(({ rendition, first }) => (rendition.kind === 'audio' ? [{ rendition, first }] : []));
}

async function encodeVideo(run: Run, pass: readonly RungSpan[]): Promise<void> {
  const { plan, address, parts: folder, features } = run;
  const { picture, grid } = plan;
  if (!picture) return;
  const { mode, threads } = run.schedule;
  const rungs = pass.map(({ rendition }) => rendition);
  // With a decoder of its own each rung begins where it must; with a common one, where the first of them must.
  const together = Math.min(...pass.map(({ first }) => first));
  const spans = pass.map(({ rendition, first }) => ({ rendition, first: mode === 'per-rung' ? first : together }));
  await makeFolders(run, rungs);
  const work = { plan, address, picture, threads, folder, features };
  const commands =
    mode === 'per-rung'
      ? spans.flatMap(({ rendition, first }) => videoCommands({ ...work, rungs: [rendition], first }, mode))
      : videoCommands({ ...work, rungs, first: together }, mode);
  const pipes = commands.flatMap(({ writesTo }) => writesTo);
  if (pipes.length > 0) await makePipes(pipes);
  const made = await runSpans(
    run,
    commands,
    spans.map((span) => ({ ...span, start: span.first })),
  );
  const ends = spans.map(({ first }, i) => first * (grid.framesPerSegment ?? 0) + (made[i] ?? 0));
  if (new Set(ends).size > 1) {
    throw new MediactlError('grid-broken', 'the rungs did not come out equally long', {
      reason: rungs.map(({ name }, i) => `${name}: ${ends[i]} frames`).join(', '),
      hint: 'please report this with the output of "mediactl plan" and the FFmpeg version',
    });
  }
}

async function encodeAudio(run: Run, { rendition, first }: AudioSpan): Promise<void> {
  await makeFolders(run, [rendition]);
  const start = audioWarmUp(first);
  const { plan, address, audioEndSamples: endSamples, parts: folder } = run;
  const command = audioCommand({ plan, address, audio: rendition, first: start, endSamples, folder });
  await runSpans(run, [command], [{ rendition, first, start }]);
}

interface StartedSpan extends RenditionSpan {
  /** The first segment that FFmpeg makes: before `first` where an encoder has to warm up. */
  readonly start: number;
}

/** Runs one group and hands on its segments; gives the number of frames made per span. */
async function runSpans(
  run: Run,
  commands: readonly FfmpegCommand[],
  spans: readonly StartedSpan[],
): Promise<number[]> {
  const failure = new AbortController();
  const tracks = new Map(
    spans.map(({ rendition, first }) => [
      rendition.id,
      trackSegments({
        plan: run.plan,
        rendition,
        first,
        parts: run.parts,
        folder: run.folder,
        onSegment: (segment) => run.channel.push({ kind: 'segment', segment }),
        onError: (error) => failure.abort(error),
      }),
    ]),
  );
  for (const { label, args } of commands) run.emit({ type: 'command', label, argv: [run.ffmpeg, ...args] });
  try {
    await runGroup({
      ffmpeg: run.ffmpeg,
      address: run.address,
      commands,
      stallSeconds: run.stallSeconds,
      skipsAhead: spans.some(({ start }) => start > 0) && !run.plan.input.seekable,
      signal: AbortSignal.any([run.signal, failure.signal]),
      gate: run.gate,
      onSegment: (id, file) => tracks.get(id)?.closed(file),
      onError: (command, text, framesBefore) => {
        const isCutOpen = run.plan.input.tracksReadTogether.length > 0 && framesBefore === 0 && isMissingStart(text);
        if (readsSource(run.schedule, command) && !isCutOpen) run.channel.push({ kind: 'damage', text });
      },
      onProgress: speedometer(run.plan, spans, run.emit),
    });
  } finally {
    // Nothing moves files about any more when this returns or throws.
    for (const track of tracks.values()) await track.idle();
  }
  const totals: number[] = [];
  for (const { rendition } of spans) {
    const total = await tracks.get(rendition.id)?.finish();
    if (!total || total.segments === 0) throw nothingDecoded(rendition);
    run.channel.push({ kind: 'ended', rendition, ...total });
    totals.push(total.frames);
  }
  return totals;
}

// What a disk has left when a write of FFmpeg's failed: less than it writes at once.
const NOTHING_LEFT = 1 << 18;

/** FFmpeg may close a segment that it could not write, without a word: the torn segment is noticed first. */
async function orDiskFull(error: unknown, folder: string): Promise<unknown> {
  if (!(error instanceof MediactlError) || error.code !== 'encode-failed') return error;
  return (await freeBytes(folder)) < NOTHING_LEFT ? diskFull(folder, error) : error;
}

function readsSource({ mode }: Schedule, { role }: FfmpegCommand): boolean {
  return role !== 'encode' || mode !== 'shared';
}

function nothingDecoded(rendition: Rendition): MediactlError {
  return new MediactlError('encode-failed', `nothing could be decoded for ${rendition.name}`, {
    reason: 'FFmpeg read the source to its end without getting one frame out of it',
    hint: 'check that the file plays elsewhere; "mediactl probe" shows what is in it',
  });
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

async function makeFolders({ parts, folder }: Run, renditions: readonly Rendition[]): Promise<void> {
  for (const { id } of renditions) {
    await mkdir(join(parts, id), { recursive: true });
    await mkdir(join(folder, id), { recursive: true });
  }
}

/** Named pipes, which every POSIX system can make and FFmpeg opens like files; Node has no call for them. */
async function makePipes(paths: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await capture('mkfifo', ['-m', '600', ...paths]);
  if (exitCode === 0) return;
  throw new MediactlError('output-not-writable', 'cannot make named pipes in the staging folder', {
    reason: stderr.trim(),
    hint: 'use a destination on a file system with named pipes, or --decode single-process',
  });
}
