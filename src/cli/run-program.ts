import { CommanderError } from 'commander';
import { buildProgram } from './program.js';
import type { Run } from './run.js';
import type { EarlySignals } from './signals.js';
import { helpWidth } from './terminal.js';
import { readVersion } from './version.js';

/** Parses the arguments, runs the command, and ends run and process. What help does not need is loaded later. */
export async function runProgram(argv: readonly string[], early: EarlySignals | null): Promise<void> {
  const version = readVersion();
  let run: Run | null = null;
  const openRun = async (): Promise<Run> => (run ??= new (await import('./run.js')).Run(argv, early));

  const program = buildProgram(version, helpWidth(process.stdout, process.env), async (name, argument, command) => {
    const [opened, { createActions }] = await Promise.all([openRun(), import('./actions.js')]);
    await createActions(opened)[name](argument, command);
    opened.end();
  });
  const fail = async (error: unknown): Promise<void> => {
    if (!(error instanceof CommanderError)) return (await openRun()).fail(error);
    if (error.exitCode === 0) return;
    const { EXIT_CODES } = await import('../errors.js');
    // There was no command at all; commander has shown the help on stderr.
    if (error.code === 'commander.help') {
      process.exitCode = EXIT_CODES.usage;
      return;
    }
    const { describeUsageError } = await import('./usage.js');
    await (await openRun()).fail(describeUsageError(error, argv, program));
  };
  await program.parseAsync(argv, { from: 'user' }).catch(fail);
  // Help ends by itself.
  if (run !== null) await end(run);
}

/** Not by waiting until nothing is open any more: a request that nobody answers would keep the process. */
async function end({ signal }: Run): Promise<void> {
  const { exitWhenWritten } = await import('./streams.js');
  await exitWhenWritten(signal);
}
