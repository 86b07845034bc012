import type { Emit, ErrorEvent, ResultEvent } from '../model/events.js';
import { createJsonRenderer } from './json.js';
import { createLogRenderer } from './log.js';
import { createQuietRenderer } from './quiet.js';
import type { Renderer } from './renderer.js';
import { createStyle } from './style.js';
import { createTerminalRenderer } from './terminal.js';

/** `terminal`: bars; `log`: sparse lines; `json`: NDJSON on stdout; `quiet`: errors only. */
export type ReportMode = 'terminal' | 'log' | 'json' | 'quiet';

export interface ReporterOptions {
  readonly mode: ReportMode;
  /** Machine output (json) only. */
  readonly stdout: NodeJS.WritableStream;
  /** Everything for people. */
  readonly stderr: NodeJS.WritableStream;
  /** Width of stderr's terminal; asked at each drawing, so that lines follow a resize. */
  readonly columns: () => number;
  /** Whether somebody reads stderr on a terminal: errors are wrapped there, and whole lines in files. */
  readonly wraps?: boolean;
  /** Height of stderr's terminal; rows that do not fit are left out. */
  readonly rows?: () => number;
  readonly color: boolean;
  /** Block elements and the like may be used. */
  readonly unicode?: boolean;
  /** Show the commands that are run. */
  readonly verbose: boolean;
  /** Of mode `quiet`: say when a bucket keeps the run waiting. */
  readonly saysRetries?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export interface Reporter {
  readonly emit: Emit;
  /** The process was stopped and goes on: a shell may have written where the bars were. */
  readonly resumed: () => void;
  /** Shows the outcome and leaves the terminal as it was found. Later events are ignored. */
  readonly close: () => void;
}

/**
 * The sole owner of the terminal. The final event is held until `close`, and an error takes the place of a result:
 * so there is exactly one, and it says what the exit code says.
 */
export function createReporter(options: ReporterOptions): Reporter {
  const renderer = createRenderer(options);
  let final: ResultEvent | ErrorEvent | null = null;
  let closed = false;
  return {
    emit: (event) => {
      if (closed) return;
      if (event.type === 'error') final = final?.type === 'error' ? final : event;
      else if (event.type === 'result') final ??= event;
      else renderer.show(event);
    },
    resumed: () => {
      if (!closed) renderer.resumed();
    },
    close: () => {
      if (closed) return;
      closed = true;
      renderer.finish(final);
    },
  };
}

function createRenderer(options: ReporterOptions): Renderer {
  const now = options.now ?? Date.now;
  const style = createStyle({ color: options.color, unicode: options.unicode ?? true });
  const { stdout, stderr, columns, verbose } = options;
  const wrapAt = options.wraps === true ? columns : undefined;
  switch (options.mode) {
    case 'terminal':
      return createTerminalRenderer({ stderr, columns, rows: options.rows ?? (() => Infinity), style, verbose, now });
    case 'log':
      return createLogRenderer({ stderr, columns, wrapAt, style, verbose, now });
    case 'json':
      return createJsonRenderer({ stdout, stderr, style, verbose, columns: wrapAt, now });
    case 'quiet':
      return createQuietRenderer({ stderr, style, verbose, saysRetries: options.saysRetries, columns: wrapAt, now });
  }
}
