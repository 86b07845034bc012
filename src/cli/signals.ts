import { MediactlError, type ErrorCode } from '../errors.js';

/** The same signal again within this time is an echo (a terminal and npm both pass Ctrl-C on), not an answer. */
const ECHO_MS = 300;

type Ending = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

const CODES: Readonly<Record<Ending, { code: ErrorCode; message: string }>> = {
  SIGINT: { code: 'interrupted', message: 'interrupted' },
  SIGTERM: { code: 'terminated', message: 'told to stop (SIGTERM)' },
  SIGQUIT: { code: 'quit', message: 'told to quit (SIGQUIT)' },
  SIGHUP: { code: 'hung-up', message: 'the terminal was closed (SIGHUP)' },
};

export interface SignalHandlers {
  /** The first signal came: end in good order. */
  readonly abort: (reason: MediactlError) => void;
  /** The second one came: say so and leave now, with this error's exit code. The guard ends the child processes. */
  readonly leave: (reason: MediactlError) => void;
  /** The run goes on after Ctrl-Z and fg. */
  readonly resumed: () => void;
}

/** Signals that come while the program is still being loaded: bin/mediactl.js notes them. */
export interface EarlySignals {
  /** Names of those that came; notes no more. */
  take(): readonly string[];
}

/**
 * Ctrl-C and kill end the run in good order, and when repeated, immediately. A closed terminal always ends it in good
 * order, however many signals it sends. `early`: what came before anybody could act on it counts as well. Suspending needs
 * no help, because the children are in the same process group.
 */
export function watchSignals(handlers: SignalHandlers, early: EarlySignals | null = null): void {
  let first: { signal: Ending; ms: number } | null = null;
  const onEnding = (signal: Ending): void => {
    const reason = new MediactlError(CODES[signal].code, CODES[signal].message);
    if (first === null) {
      first = { signal, ms: Date.now() };
      handlers.abort(reason);
    } else if (signal !== 'SIGHUP' && !(signal === first.signal && Date.now() - first.ms < ECHO_MS)) {
      handlers.leave(reason);
    }
  };
  const endings: readonly Ending[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
  for (const signal of endings) process.on(signal, onEnding);
  const came = early?.take() ?? [];
  for (const signal of endings) if (came.includes(signal)) onEnding(signal);
  // Windows has no SIGCONT.
  if (process.platform !== 'win32') process.on('SIGCONT', handlers.resumed);
}
