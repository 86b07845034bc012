import { MediactlError } from '../../errors.js';
import type { DecodeMode, DecodePlan, VideoRendition } from '../../model/plan.js';
import type { PlanNotes } from './notes.js';
import type { PlanRequest } from './request.js';

/** x264 wins nothing from more threads, and loses quality. */
const MOST_THREADS = 16;
/** Encoders wait for each other and for the decoder: a few more threads than cores keep all cores at work. */
const OVERCOMMIT = 1.5;

/**
 * How pictures get from the source to the encoders, and who gets how many threads. `rungs` descending by size. Throws
 * `usage` for a number of jobs that is none, and for named pipes on Windows.
 */
export function planDecode(rungs: readonly VideoRendition[], request: PlanRequest, notes: PlanNotes): DecodePlan {
  const passes = intoPasses(rungs, request.jobs);
  const { mode, reason } = chooseMode(rungs, request);
  const threads = Object.fromEntries(passes.flatMap((pass) => shareThreads(pass, request.machine.cores)));
  notes.decide('decoding', mode, reason);
  if (passes.length > 1) {
    notes.decide(
      'passes',
      String(passes.length),
      `at most ${request.jobs} rungs side by side (--jobs); each pass decodes the source`,
    );
  }
  return { mode, reason, threads, passes: passes.map((pass) => pass.map((rung) => rung.id)) };
}

function chooseMode(
  rungs: readonly VideoRendition[],
  { decode, machine }: PlanRequest,
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
