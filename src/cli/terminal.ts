import type { OutputSettings } from '../model/settings.js';
import type { ReportMode } from '../report/report.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The facts of a stream that decide how to write to it. */
export interface StreamFacts {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Chooses bars where somebody is looking, and lines in files, in CI and on terminals that cannot move a cursor. */
export function chooseMode(
  output: Pick<OutputSettings, 'json' | 'quiet'>,
  env: Environment,
  stderr: StreamFacts,
): ReportMode {
  if (output.json) return 'json';
  if (output.quiet) return 'quiet';
  return stderr.isTTY && !isDumb(env) && !isOn(env['CI']) ? 'terminal' : 'log';
}

/** The setting decides, then FORCE_COLOR and NO_COLOR (in Node's order), then what the stream is. */
export function useColor(choice: boolean | null, env: Environment, stream: StreamFacts): boolean {
  if (choice !== null) return choice;
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force === '' || isOn(force);
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && !isDumb(env);
}

/** Block elements are drawn unless the locale or the console cannot show them. */
export function useUnicode(env: Environment): boolean {
  if (env['TERM'] === 'linux' || isDumb(env)) return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === '' || /utf-?8/i.test(locale);
}

/** The width to write for: the terminal's, else COLUMNS, else 80. Some terminals claim to have 0 columns. */
export function columnsOf(stream: StreamFacts, env: Environment): number {
  return stream.columns || Number.parseInt(env['COLUMNS'] ?? '', 10) || 80;
}

/** The width of a help: long lines are hard to read, so never more than 80. */
export function helpWidth(stream: StreamFacts, env: Environment): number {
  return Math.max(20, Math.min(80, columnsOf(stream, env)));
}

/** Whether an error that comes before the settings are known is printed as JSON, too. */
export function asksForJson(argv: readonly string[], env: Environment): boolean {
  const end = argv.indexOf('--');
  return (
    (end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--json' || word.startsWith('--json=')) ||
    /^(1|true|yes|on)$/i.test(env['MEDIACTL_JSON'] ?? '')
  );
}

function isDumb(env: Environment): boolean {
  return env['TERM'] === 'dumb';
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}
