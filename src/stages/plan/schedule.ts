import { MediactlError } from '../../errors.js';
import type { Decision, EncodePlan } from '../../model/plan.js';
import { videoOf, type VideoRendition } from '../../model/rendition.js';
import type { DecodeMode, Schedule } from '../../model/schedule.js';

/** x264 wins nothing from more threads, and loses quality. */
const MOST_THREADS = 16;
/** Encoders wait for each other and for the decoder: a few more threads than cores keep all cores at work. */
const OVERCOMMIT = 1.5;

/** What a plan is to be carried out on. */
export interface Machine {
  readonly cores: number;
  readonly platform: NodeJS.Platform;
}

/** What the user asked for. */
export interface ScheduleWishes {
  /** Most rungs to encode side by side; null: all. */
  readonly jobs: number | null;
  readonly decode: 'auto' | DecodeMode;
}

/**
 * How pictures get from the source to the encoders, and who gets how many threads. Throws `usage` for a number of jobs
 * that is none, and for named pipes on Windows.
 */
export function schedule(plan: EncodePlan, machine: Machine, wishes: ScheduleWishes): Schedule {
  const rungs = videoOf(plan);
  const passes = intoPasses(rungs, wishes.jobs);
  const { mode, reason } = chooseMode(rungs, machine, wishes);
  return {
    mode,
    reason,
    threads: Object.fromEntries(passes.flatMap((pass) => shareThreads(pass, machine.cores))),
    passes: passes.map((pass) => pass.map((rung) => rung.id)),
    decisions: rungs.length === 0 ? [] : decisions(mode, reason, passes.length, wishes),
  };
}

function decisions(mode: DecodeMode, reason: string, passes: number, { jobs }: ScheduleWishes): Decision[] {
  const decoding = { subject: 'decoding', choice: mode, reason };
  if (passes === 1) return [decoding];
  const why = `at most ${jobs} rungs side by side (--jobs); each pass decodes the source`;
  return [decoding, { subject: 'passes', choice: String(passes), reason: why }];
}

function chooseMode(
  rungs: readonly VideoRendition[],
  machine: Machine,
  { decode }: ScheduleWishes,
): { mode: DecodeMode; reason: string } {
  const isWindows = machine.platform === 'win32';
  if (decode === 'shared' && isWindows) {
    throw new MediactlError('usage', '--decode shared does not work on Windows', {
      reason: 'it needs named pipes in the file system',
      hint: 'Leave --decode out, or use --decode single-process',
    });
  }
  if (decode !== 'auto') return { mode: decode, reason: 'asked for with --decode' };
  if (isWindows) return { mode: 'single-process', reason: 'Windows has no named pipes in the file system' };
  if (rungs.length === 0) return { mode: 'single-process', reason: 'there is no picture to decode' };
  if (rungs.length === 1) return { mode: 'single-process', reason: 'one rung: its process decodes for itself' };
  return { mode: 'shared', reason: 'the source is decoded and scaled once for all rungs' };
}

function intoPasses(rungs: readonly VideoRendition[], jobs: number | null): VideoRendition[][] {
  if (jobs !== null && !(Number.isInteger(jobs) && jobs >= 1)) {
    throw new MediactlError('usage', `--jobs ${jobs} is not a number of rungs`, {
      hint: 'Expected a whole number, at least 1',
    });
  }
  const size = Math.max(1, jobs ?? rungs.length);
  const passes: VideoRendition[][] = [];
  for (let at = 0; at < rungs.length; at += size) passes.push(rungs.slice(at, at + size));
  return passes;
}

function shareThreads(pass: readonly VideoRendition[], cores: number): [string, number][] {
  const most = Math.min(Math.max(1, cores), MOST_THREADS);
  const pixels = pass.reduce((sum, { width, height }) => sum + width * height, 0);
  return pass.map(({ id, width, height }) => {
    const share = (cores * OVERCOMMIT * width * height) / pixels;
    return [id, Math.min(most, Math.max(1, Math.round(share)))];
  });
}
