import { MediactlError } from '../../errors.js';
import type { Decision, EncodePlan } from '../../model/plan.js';
import { encodedOf, streamsOf, videoOf, type VideoRendition } from '../../model/rendition.js';
import type { DecodeMode, Schedule } from '../../model/schedule.js';

/** Encoders wait for the decoder: a little more work than cores keeps all cores busy. */
const OVERCOMMIT = 1.25;

/** What a plan is to be carried out on. */
export interface Machine {
  readonly cores: number;
  readonly platform: NodeJS.Platform;
  /** Memory that may be used. */
  readonly memoryBytes: number;
}

/** What the user asked for. */
export interface ScheduleWishes {
  /** Most rungs to encode side by side; null: all. */
  readonly jobs: number | null;
  readonly decode: 'auto' | DecodeMode;
}

/**
 * How pictures get from the source to the encoders, and what is made side by side. Throws `usage` for a number of jobs
 * that is none, and for named pipes on Windows.
 */
export function schedule(plan: EncodePlan, machine: Machine, wishes: ScheduleWishes): Schedule {
  const rungs = videoOf(plan);
  const passes = intoPasses(rungs, wishes.jobs);
  const { mode, reason } = chooseMode(plan, rungs, machine, wishes);
  const made = {
    mode,
    reason,
    audioPipes: machine.platform !== 'win32' && wishes.decode !== 'single-process',
    ...planChunks(plan, passes, machine, wishes.jobs),
    passes: passes.map((pass) => pass.map((rung) => rung.id)),
  };
  return { ...made, decisions: rungs.length === 0 ? [] : decisions(made, machine, wishes) };
}

function decisions(
  { mode, reason, passes, chunksAtOnce }: Omit<Schedule, 'decisions'>,
  { cores }: Machine,
  { jobs }: ScheduleWishes,
): Decision[] {
  const decoding = { subject: 'decoding', choice: mode, reason };
  const why = `at most ${jobs} rungs at once (--jobs); each pass decodes the source`;
  const inPasses = { subject: 'passes', choice: String(passes.length), reason: why };
  const sideBySide = {
    subject: 'in parallel',
    choice: `${chunksAtOnce} chunks`,
    reason: `${cores} cores, and enough memory`,
  };
  return [decoding, ...(passes.length > 1 ? [inPasses] : []), ...(chunksAtOnce > 1 ? [sideBySide] : [])];
}

function chooseMode(
  { input }: EncodePlan,
  rungs: readonly VideoRendition[],
  machine: Machine,
  { decode }: ScheduleWishes,
): { mode: DecodeMode; reason: string } {
  const isWindows = machine.platform === 'win32';
  if (decode === 'shared' && isWindows) {
    throw new MediactlError('usage', '--decode shared does not work on Windows', {
      reason: 'it needs named pipes in the file system',
      hint: 'leave out --decode, or use --decode single-process',
    });
  }
  if (decode !== 'auto') return { mode: decode, reason: 'set with --decode' };
  if (isWindows) return { mode: 'single-process', reason: 'Windows has no named pipes in the file system' };
  if (rungs.length === 0) return { mode: 'single-process', reason: 'there is no video to decode' };
  if (!input.seekable) {
    return { mode: 'shared', reason: 'the source is not seekable: it is decoded once, from start to end' };
  }
  const encoded = streamsOf(encodedOf(rungs)).length;
  if (encoded === 0) return { mode: 'single-process', reason: 'the video is copied, and not decoded' };
  if (encoded === 1) return { mode: 'single-process', reason: 'a single rung: its process decodes by itself' };
  return { mode: 'shared', reason: 'the source is decoded and scaled once for all rungs' };
}

function intoPasses(rungs: readonly VideoRendition[], jobs: number | null): VideoRendition[][] {
  if (jobs !== null && !(Number.isInteger(jobs) && jobs >= 1)) {
    throw new MediactlError('usage', `--jobs ${jobs} is not a number of rungs`, {
      hint: 'give a whole number, at least 1',
    });
  }
  const streams = streamsOf(rungs);
  const size = Math.max(1, jobs ?? streams.length);
  const passes: VideoRendition[][] = [];
  for (let at = 0; at < streams.length; at += size) passes.push(streams.slice(at, at + size).flat());
  return passes;
}

/** Memory that one chunk in the making takes: the encoders' pictures ahead and for reference, the decoder's, programs. */
const PICTURES_HELD = 60;
const BYTES_PER_PROCESS = 40e6;
const SHARE_OF_MEMORY = 0.5;

/**
 * How many chunks keep the cores at work. An encoder has one thread, so a chunk of a whole ladder uses about as many cores
 * as its pixels are multiples of the largest rung's.
 */
function planChunks(
  { input }: EncodePlan,
  passes: readonly (readonly VideoRendition[])[],
  { cores, memoryBytes }: Machine,
  jobs: number | null,
): Pick<Schedule, 'chunksAtOnce' | 'chunksAtFirst'> {
  const pass = streamsOf(encodedOf(passes[0] ?? [])).flatMap(([rung]) => rung ?? []);
  const sizes = pass.map(({ width, height }) => width * height);
  const pixels = sizes.reduce((sum, size) => sum + size, 0);
  if (!input.seekable || pixels === 0) return { chunksAtOnce: 1, chunksAtFirst: 1 };
  const coresPerChunk = pixels / Math.max(...sizes);
  const memoryPerChunk = pixels * 1.5 * PICTURES_HELD + (pass.length + 1) * BYTES_PER_PROCESS;
  const most = Math.min(
    (memoryBytes * SHARE_OF_MEMORY) / memoryPerChunk,
    jobs === null ? Infinity : jobs / Math.max(1, pass.length),
  );
  const within = (chunks: number): number => Math.max(1, Math.floor(Math.min(chunks, most)));
  return {
    // A little more than the cores: encoders wait for pictures.
    chunksAtOnce: within(Math.ceil((cores * OVERCOMMIT) / coresPerChunk)),
    chunksAtFirst: within(cores / coresPerChunk),
  };
}
