import { spawn, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limitOfEncodes } from '../support/pace.js';

const BIN = fileURLToPath(new URL('../../bin/mediactl.js', import.meta.url));

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment; the caller's own MEDIACTL_* never get through. */
  readonly env?: Readonly<Record<string, string>>;
  /** A program, with its arguments, that runs it: `['taskset', '-c', '0']`. */
  readonly under?: readonly string[];
  /** After the time of so many small encodes the process is killed and the run rejects. Default 400. */
  readonly encodes?: number;
}

export interface Ran {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** With --json: the lines of stdout, in order. A line that is no JSON rejects the run. */
  readonly events: readonly JsonLine[];
}

// What is under a key depends on `type`.
// eslint-disable-next-line typescript/no-explicit-any
export type JsonLine = { readonly type: string } & Readonly<Record<string, any>>;

export interface Running {
  /** Its pid is mediactl's own; it leads no process group, as when started from a script. */
  readonly child: ChildProcess;
  readonly done: Promise<Ran>;
  /** Resolves when stdout and stderr together match, rejects when the process ends before that. */
  waitFor(pattern: RegExp): Promise<void>;
}

/** Runs the real `mediactl` (bin and dist) to its end: no terminal, no stdin. */
export async function runMediactl(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return startMediactl(args, options).done;
}

/** Starts it, for tests that send signals or look on. */
export function startMediactl(
  args: readonly string[],
  { cwd, env, under = [], encodes = 400 }: RunOptions = {},
): Running {
  const inherited = Object.entries(process.env).filter(
    ([key]) => !/^(MEDIACTL_|VITEST|NODE_ENV$|NO_COLOR$|FORCE_COLOR$)/.test(key),
  );
  const [program, ...before] = [...under, process.execPath, BIN];
  const child = spawn(program, [...before, ...args], {
    cwd,
    // What uploads remember stays out of the home folder.
    env: { ...Object.fromEntries(inherited), XDG_STATE_HOME: join(tmpdir(), 'mediactl-test-state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watchers) look();
  });

  const command = `mediactl ${args.join(' ')}`;
  const done = new Promise<Ran>((resolve, reject) => {
    const limit = limitOfEncodes(encodes);
    const timer = setInterval(() => {
      if (!limit.isOver()) return;
      child.kill('SIGKILL');
      reject(new Error(`${command}: not done after ${limit}\n${stdout}\n${stderr}`));
    }, 1000);
    child.on('error', reject);
    child.on('close', (exitCode, signal) => {
      clearInterval(timer);
      try {
        resolve({ exitCode, signal, stdout, stderr, events: args.includes('--json') ? parseLines(stdout) : [] });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
  // Whoever starts without awaiting `done` at once still gets its rejection later, not a crash now.
  done.catch(() => {});

  async function waitFor(pattern: RegExp): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!pattern.test(stdout) && !pattern.test(stderr)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
    const ended = done.then(() => {
      if (pattern.test(stdout) || pattern.test(stderr)) return;
      throw new Error(`${command} ended without ${String(pattern)}:\n${stdout}\n${stderr}`);
    });
    await Promise.race([seen, ended]);
  }

  return { child, done, waitFor };
}

/** NDJSON, or one document over several lines. */
function parseLines(text: string): JsonLine[] {
  if (text.trim() === '') return [];
  try {
    return [JSON.parse(text) as JsonLine];
  } catch {
    return text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonLine);
  }
}
