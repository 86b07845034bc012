import type { Emit } from '../model/events.js';
import type { Toolbox } from './toolbox.js';

/** What a run has to work with, whatever it makes: handed sideways, as one parameter. */
export interface RunContext {
  /** Ends the run, with its reason as a MediactlError. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly tools: Toolbox;
  /** Absolute path that all others are relative to. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** mediactl's own version. */
  readonly version: string;
}
