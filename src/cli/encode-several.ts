import { EXIT_CODES, MediactlError } from '../errors.js';
import type { SummarizedTitle } from '../model/events.js';
import { printable } from '../model/text.js';
import { destinationOf } from '../pipeline/title-job.js';
import { formatLocation } from '../storage/location.js';
import { describeFailure } from './failure.js';
import type { Run } from './run.js';
import type { Session } from './session.js';
import { printToStdout } from './streams.js';

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
 * fails does not stop the rest. Sets the exit code: the largest of all. `open`: a session with a reporter of its own.
 * Throws MediactlError usage before anything is begun when two inputs would go to one place.
 */
export async function encodeSeveral(inputs: readonly string[], run: Run, open: () => Promise<Session>): Promise<void> {
  const first = await open();
  checkApart(inputs, first);
  const { encodeCommand } = await import('../commands/encode.js');
  const titles: SummarizedTitle[] = [];
  for (const [index, input] of inputs.entries()) {
    const session = index === 0 ? first : await open();
    const { json, verbose } = session.settings.output;
    session.emit({ type: 'input', index, count: inputs.length, input });
    try {
      const result = await encodeCommand(input, session);
      session.emit(result);
      const { outcome, status, output, playlist } = result;
      titles.push({ input, exitCode: 0, code: null, outcome, status, output, playlist });
      if (!json && !process.stdout.isTTY) await printToStdout(playlist);
    } catch (error) {
      const event = describeFailure(error, { verbose, signal: run.signal });
      session.emit(event);
      const { exitCode, code } = event;
      titles.push({ input, exitCode, code, outcome: null, status: null, output: null, playlist: null });
    }
    session.reporter.close();
    if (STOPS.has(titles.at(-1)?.exitCode ?? 0)) break;
  }
  const exitCode = Math.max(...titles.map((title) => title.exitCode));
  const last = await open();
  last.emit({ type: 'summary', exitCode, titles, notBegun: inputs.slice(titles.length) });
  run.exitCode = exitCode;
}

function checkApart(inputs: readonly string[], { settings, cwd }: Session): void {
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
