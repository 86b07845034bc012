import { EXIT_CODES, MediactlError } from '../errors.js';
import type { ErrorEvent, ResultEvent, SummarizedTitle } from '../model/events.js';
import { printable } from '../model/text.js';
import { destinationOf } from '../pipeline/title-job.js';
import { formatLocation } from '../storage/location.js';
import type { CommandContext } from './context.js';
import { encodeCommand } from './encode.js';

/** A context that tells its events to a reporter of its own. */
export interface ReportedContext extends CommandContext {
  readonly reporter: { close(): void };
}

/** What the program does for each of the inputs. */
export interface SeveralHooks {
  open(): Promise<ReportedContext>;
  /** A title is made, and its result is told. */
  made(result: ResultEvent, context: ReportedContext): Promise<void>;
  /** The last event of an input that failed with `error`. */
  failed(error: unknown, context: ReportedContext): ErrorEvent;
}

/** What would meet every other input as well: the rest is not begun. */
const STOPS: ReadonlySet<number> = new Set([
  EXIT_CODES.usage,
  EXIT_CODES['tool-missing'],
  EXIT_CODES['hung-up'],
  EXIT_CODES.interrupted,
  EXIT_CODES.quit,
  EXIT_CODES.terminated,
  EXIT_CODES['pipe-closed'],
]);

/**
 * `mediactl encode A B C`: one after the other, each with its own result or error, and a summary at the end. One that
 * fails does not stop the rest. Gives the exit code: the largest of all. Throws MediactlError usage before anything is begun
 * when two inputs would go to one place.
 */
export async function encodeSeveral(inputs: readonly string[], hooks: SeveralHooks): Promise<number> {
  const first = await hooks.open();
  checkApart(inputs, first);
  const titles: SummarizedTitle[] = [];
  for (const [index, input] of inputs.entries()) {
    const context = index === 0 ? first : await hooks.open();
    context.emit({ type: 'input', index, count: inputs.length, input });
    try {
      const result = await encodeCommand(input, context);
      context.emit(result);
      const { outcome, status, output, playlist } = result;
      titles.push({ input, exitCode: 0, code: null, outcome, status, output, playlist });
      await hooks.made(result, context);
    } catch (error) {
      const event = hooks.failed(error, context);
      context.emit(event);
      const { exitCode, code } = event;
      titles.push({ input, exitCode, code, outcome: null, status: null, output: null, playlist: null });
    }
    context.reporter.close();
    if (STOPS.has(titles.at(-1)?.exitCode ?? 0)) break;
  }
  const exitCode = Math.max(...titles.map((title) => title.exitCode));
  const last = await hooks.open();
  last.emit({ type: 'summary', exitCode, titles, notBegun: inputs.slice(titles.length) });
  return exitCode;
}

function checkApart(inputs: readonly string[], { settings, cwd }: CommandContext): void {
  if (typeof settings.output.receipt === 'string') {
    throw new MediactlError('usage', '--receipt names one file, but there are several inputs', {
      hint: 'leave it out: each title then gets its own receipt',
    });
  }
  const places = new Map<string, string>();
  for (const input of inputs) {
    const place = formatLocation(destinationOf(input, settings.output, cwd));
    const other = places.get(place);
    if (other !== undefined) {
      throw new MediactlError(
        'usage',
        `${printable(other)} and ${printable(input)} would both go to ${printable(place)}`,
        {
          hint: "give each its own destination: -o 'out/{dir}/{name}'",
        },
      );
    }
    places.set(place, input);
  }
}
