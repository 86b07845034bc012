import { MediactlError } from '../errors.js';
import type { Reporter } from '../report/report.js';
import { describeFailure } from './failure.js';
import { openReporter } from './session.js';
import { watchSignals, type EarlySignals, type SignalHandlers } from './signals.js';
import { exitWhenWritten, forgetLostTerminals, isPrinting, watchStdout } from './streams.js';
import { asksForJson } from './terminal.js';

/** One run of the program, from its arguments to its exit code. Whatever ends a run ends it here. */
export class Run {
  readonly argv: readonly string[];
  /** The exit code of a run that did not fail. */
  exitCode = 0;
  readonly #controller = new AbortController();
  #reporter: Reporter | null = null;
  #hint: string | null = null;
  #working = false;
  #ended = false;

  constructor(argv: readonly string[], early: EarlySignals | null = null) {
    this.argv = argv;
    forgetLostTerminals();
    watchStdout((error) => this.#stdoutFailed(error));
    const leave = (signal: MediactlError): never => {
      this.#tell(this.#withHint(signal), false);
      process.exit(signal.exitCode);
    };
    const handlers: SignalHandlers = {
      abort: (signal) => {
        // Then all that is waited for is a reader that does not read.
        if (this.#ended || isPrinting()) leave(signal);
        this.#controller.abort(this.#withHint(signal));
      },
      leave,
      resumed: () => this.#reporter?.resumed(),
    };
    watchSignals(handlers, early);
    // Nothing is under way any more, and nobody has said how it ended: that must not look like success.
    process.on('beforeExit', () => {
      if (this.#working && !this.#ended)
        void this.fail(new MediactlError('internal', 'the run ended before its work was done'));
    });
    process.on('uncaughtException', (error) => {
      void this.fail(error).finally(() => void exitWhenWritten(this.signal));
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on this reporter tells how the run ends. */
  reportTo(reporter: Reporter): void {
    this.#reporter = reporter;
  }

  /** From now on the run ends when the reader of stdout leaves. `hint`: what to do after an interruption. */
  startsWork(hint: string | null): void {
    this.#working = true;
    this.#hint = hint;
  }

  /** The run did not fail. */
  end(): void {
    this.#reporter?.close();
    this.#ended = true;
    process.exitCode = this.exitCode;
  }

  /** The one place where errors become exit codes. */
  async fail(error: unknown): Promise<void> {
    const { env } = process;
    const [mode, color] = [
      asksForJson(this.argv, env) ? 'json' : 'quiet',
      this.argv.includes('--no-color') ? false : null,
    ] as const;
    this.#reporter ??= await openReporter(mode, { color, verbose: false });
    process.exitCode = this.#tell(error, true);
  }

  #tell(error: unknown, reasonFirst: boolean): number {
    const verbose = this.argv.includes('--verbose') || this.argv.includes('-v');
    const event = describeFailure(error, { verbose, signal: reasonFirst ? this.signal : null });
    this.#reporter?.emit(event);
    this.#reporter?.close();
    this.#ended = true;
    return event.exitCode;
  }

  #withHint(error: MediactlError): MediactlError {
    return this.#hint === null ? error : new MediactlError(error.code, error.message, { hint: this.#hint });
  }

  #stdoutFailed(error: MediactlError): void {
    // Why it ended stands: a window that closes sends SIGHUP, and then nothing can be written to it.
    if (this.#ended && this.signal.aborted) return;
    if (this.#working) this.#controller.abort(this.#withHint(error));
    // A result that nobody could read is a failure; a text that the reader stopped reading is not.
    if (this.#working ? this.#ended : error.code !== 'pipe-closed') process.exitCode = error.exitCode;
  }
}
