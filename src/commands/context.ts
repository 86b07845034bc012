import type { Emit } from '../model/events.js';
import type { Settings } from '../model/settings.js';
import type { Toolbox } from '../tools/toolbox.js';

/** What every command that works on media gets from the session. */
export interface CommandContext {
  readonly settings: Settings;
  readonly tools: Toolbox;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** mediactl's own version. */
  readonly version: string;
}
