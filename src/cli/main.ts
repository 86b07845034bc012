import { keepMemorySmall } from './memory.js';
import type { EarlySignals } from './signals.js';

/** The program: arguments in, exit code out. Never rejects; the process ends when all is written. */
export async function main(argv: readonly string[], early: EarlySignals | null = null): Promise<void> {
  // `mediactl --help | head -1` must not crash, nor must a terminal that goes away. A Run adds handlers of its own.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const text = await quickAnswer(argv);
  if (text !== null) {
    process.stdout.write(text);
    return;
  }
  // No encoder stands beside `package`, whose work is to move bytes: there, collecting garbage early is half of the time.
  if (argv[0] !== 'package') keepMemorySmall();
  // Node's own warnings are for whoever works on mediactl, and would land among the bars.
  process.removeAllListeners('warning');
  const { runProgram } = await import('./run-program.js');
  await runProgram(argv, early);
}

/** The answers that are asked for most often, given without loading the parser; null for everything else. */
async function quickAnswer(argv: readonly string[]): Promise<string | null> {
  const [word] = argv;
  if (word === '--version' || word === '-V') return (await import('./version.js')).versionText(process.env);
  if (argv.length !== 1) return null;
  if (word === '--help' || word === '-h' || word === 'help') {
    const [{ overview }, { helpWidth }] = await Promise.all([import('./help-text.js'), import('./terminal.js')]);
    return overview(helpWidth(process.stdout, process.env));
  }
  return null;
}
