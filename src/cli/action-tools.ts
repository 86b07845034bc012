import type { Command } from 'commander';
import type { Session } from './session.js';
import { printToStdout } from './streams.js';

/** The text or document of a command, on stdout; with --quiet a text is left out, and the exit code says it all. */
export async function print({ settings }: Session, text: string): Promise<void> {
  if (settings.output.json || !settings.output.quiet) await printToStdout(text);
}

/** Columns of a table on stdout. What is piped somewhere is whole, however narrow the terminal. */
export function widthFor({ columns }: Session): number {
  return process.stdout.isTTY || process.env['COLUMNS'] ? columns : Infinity;
}

/** --print-config instead of the work. */
export async function printedConfig(session: Session, command: Command): Promise<boolean> {
  if (command.getOptionValue('printConfig') !== true) return false;
  const { renderOrigins } = await import('../config/origins.js');
  const { loadPreset } = await import('../config/presets.js');
  // What is wrong with the ladder is said when it is used.
  const ladder = await loadPreset(session.settings.title.ladder, session.cwd).catch(() => null);
  await printToStdout(renderOrigins(session.origins, session.settings.output.json ? 'json' : 'text', ladder));
  return true;
}
