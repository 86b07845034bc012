import type { Decision } from './plan.js';

/**
 * How a machine goes about a plan: which processes run, and what they share. It stands beside the plan, not in it, and
 * is recorded nowhere: two machines may make the same title by different schedules.
 */
export interface Schedule {
  readonly mode: DecodeMode;
  readonly reason: string;
  /** Sound is decoded by one process and encoded by another, which read from each other by a named pipe. */
  readonly audioPipes: boolean;
  /** Chunks of a pass that are encoded side by side; fewer until the title's first segments are closed. */
  readonly chunksAtOnce: number;
  readonly chunksAtFirst: number;
  /** Rungs encoded side by side, their ids in passes; one pass unless --jobs is lower than the number of rungs. */
  readonly passes: readonly (readonly string[])[];
  /** What was decided and why, to be shown after the plan's own decisions. */
  readonly decisions: readonly Decision[];
}

/** How pictures get from the source to the encoders. */
export type DecodeMode = 'shared' | 'per-rung' | 'single-process';
