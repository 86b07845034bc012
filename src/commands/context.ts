import type { Settings } from '../model/settings.js';
import type { RunContext } from '../tools/run-context.js';

/** What every command gets from the session: a run, and what it is asked to do. */
export interface CommandContext extends RunContext {
  readonly settings: Settings;
}
