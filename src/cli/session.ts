import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.js';
import type { Emit } from '../model/events.js';
import type { OutputSettings, SettingOrigins } from '../model/settings.js';
import type { Reporter, ReportMode } from '../report/report.js';
import { configFileOf, givenFlags } from './given-flags.js';
import { chooseMode, columnsOf, useColor, useUnicode } from './terminal.js';
import { readVersion } from './version.js';

/** What a command gets to work with. */
export interface Session extends CommandContext {
  readonly origins: SettingOrigins;
  readonly reporter: Reporter;
  /** Of stdout, for text that is printed there. */
  readonly columns: number;
  readonly color: boolean;
  /** The terminal can show more than ASCII. */
  readonly unicode: boolean;
}

/**
 * `work` reports events, in bars where somebody looks; `serve` reports them line by line; `print` writes one text or
 * document to stdout, and its events only show the commands that are run.
 */
export type SessionKind = 'work' | 'serve' | 'print';

/**
 * The composition root: it loads the settings and opens the reporter.
 *
 * @throws MediactlError('config') naming all wrong settings at once
 */
export async function openSession(command: Command, kind: SessionKind, signal: AbortSignal): Promise<Session> {
  const { env } = process;
  const cwd = process.cwd();
  const { loadSettings } = await import('../config/load.js');
  const flags = givenFlags(command);
  const { settings, origins } = await loadSettings({ cwd, env, flags, configFile: configFileOf(command) });
  const { ffmpeg, ffprobe, packager } = settings.work;
  const { json, color } = settings.output;
  const mode = chooseModeOf(kind, settings.output);
  const reporter = await openReporter(mode, settings.output);
  const emit: Emit = kind === 'print' && json ? () => {} : reporter.emit;
  return {
    settings,
    origins,
    tools: { ffmpeg, ffprobe, packager, onLook: (argv) => emit({ type: 'command', label: 'look', argv }) },
    signal,
    emit,
    cwd,
    env,
    version: readVersion(),
    reporter,
    columns: columnsOf(process.stdout, env),
    color: useColor(color, env, process.stdout),
    unicode: useUnicode(env),
  };
}

function chooseModeOf(kind: SessionKind, output: OutputSettings): ReportMode {
  if (kind === 'work') return chooseMode(output, process.env, process.stderr);
  if (output.json) return 'json';
  return kind === 'serve' && !output.quiet ? 'log' : 'quiet';
}

/** A reporter that writes to the streams of this process. */
export async function openReporter(
  mode: ReportMode,
  output: Pick<OutputSettings, 'color' | 'verbose'> & Partial<Pick<OutputSettings, 'quiet'>>,
): Promise<Reporter> {
  const { createReporter } = await import('../report/report.js');
  const { stdout, stderr, env } = process;
  return createReporter({
    mode,
    stdout,
    stderr,
    columns: () => columnsOf(stderr, env),
    wraps: stderr.isTTY,
    rows: () => stderr.rows || Infinity,
    color: useColor(output.color, env, stderr),
    unicode: useUnicode(env),
    verbose: output.verbose,
    saysRetries: output.quiet === false,
  });
}
