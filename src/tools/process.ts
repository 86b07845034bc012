import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { MediactlError } from '../errors.js';
import { guard, GUARD_MARK, startGuard } from './guard.js';
import { descendants } from './process-state.js';

/** What a short run left behind. `stderr` and `stdout` are cut at `maxBytes`. */
export interface Captured {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface CaptureOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Of each of stdout and stderr; default 64 MiB. */
  readonly maxBytes?: number;
  /** 'latin1': a character for each byte of stdout, for output that is no text. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Added to this process's own environment; undefined: taken out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Absolute; by default this process's own. */
  readonly cwd?: string;
}

/**
 * Runs a program to its end, without a shell and without stdin, and returns what it printed. A non-zero exit
 * is a result, not an error. Throws `tool-missing` when the program is not there, and the signal's reason
 * when aborted.
 */
export async function capture(
  program: string,
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  options.signal?.throwIfAborted();
  const child = execa(program, args, {
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    encoding: options.encoding ?? 'utf8',
    env: { ...options.env, ...GUARD_MARK },
    maxBuffer: options.maxBytes ?? 64 * 1024 * 1024,
    forceKillAfterDelay: KILL_AFTER_MS,
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const release = child.pid === undefined ? () => {} : guardLater(child.pid);
  const stop = (): void => stopTree(child);
  options.signal?.addEventListener('abort', stop, { once: true });
  const result = await child;
  options.signal?.removeEventListener('abort', stop);
  release();
  options.signal?.throwIfAborted();
  if (result.exitCode === undefined && result.signal === undefined && !result.timedOut && !result.isMaxBuffer) {
    throw cannotStart(program, result.code, result.cause);
  }
  return {
    exitCode: result.exitCode ?? null,
    stdout: result.stdout,
    stderr: result.stderr,
    timedOut: result.timedOut,
  };
}

/** A long-running program and the lines it writes. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  /** Line handlers by file descriptor; 1 stdout, 2 stderr, 3 and up extra pipes, in order without gaps. */
  readonly lines: Readonly<Record<number, (line: string) => void>>;
  /** Added to this process's own environment; undefined: taken out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Running {
  readonly pid: number | undefined;
  /** Settles when the program has ended and all its pipes are drained; never rejects. */
  readonly ended: Promise<Exit>;
  /** SIGTERM, then SIGKILL when that has not helped within half a second. */
  stop(): void;
  /** Suspends the program and all it has started, or lets them go on. Not on Windows. */
  suspend(isSuspended: boolean): void;
}

export type Exit =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly error: MediactlError };

// Nothing a stopped FFmpeg could still write is wanted.
const KILL_AFTER_MS = 500;
// A guard costs a process of its own; most short runs are over before they need one.
const GUARD_AFTER_MS = 250;

/** Starts a program without a shell and without stdin. It dies with this process, whatever kills this process. */
export function launch({ program, args, lines, env }: Launch): Running {
  startGuard();
  const highest = Math.max(2, ...Object.keys(lines).map(Number));
  const outputs = Array.from({ length: highest }, (_, i): 'ignore' | 'pipe' => (lines[i + 1] ? 'pipe' : 'ignore'));
  const child = execa(program, args, {
    stdio: ['ignore', outputs[0] ?? 'ignore', outputs[1] ?? 'ignore', ...outputs.slice(2)],
    buffer: false,
    reject: false,
    env: { ...env, ...GUARD_MARK },
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  const release = child.pid === undefined ? () => {} : guard(child.pid);
  let suspended = false;
  const suspend = (wanted: boolean): void => {
    if (child.pid === undefined || process.platform === 'win32' || suspended === wanted) return;
    suspended = wanted;
    for (const pid of [child.pid, ...descendants(child.pid)]) send(pid, wanted ? 'SIGSTOP' : 'SIGCONT');
  };
  const stdio: readonly unknown[] = child.stdio;
  let leave = (): void => {};
  const stopped = new Promise<void>((resolve) => (leave = resolve));
  const drained = Object.entries(lines).map(async ([fd, handle]) => {
    const stream = stdio[Number(fd)];
    if (!(stream instanceof Readable)) return;
    const reader = createInterface({ input: stream, crlfDelay: Infinity }).on('line', handle);
    await once(reader, 'close');
  });
  return {
    pid: child.pid,
    ended: child.then(async (result) => {
      // What a stopped program still says is not waited for: a program that it has started may hold its pipes open.
      await Promise.race([Promise.all(drained), stopped]);
      release();
      if (result.exitCode !== undefined) return { kind: 'exit', code: result.exitCode };
      if (result.signal !== undefined) return { kind: 'signal', signal: result.signal };
      return { kind: 'not-started', error: cannotStart(program, result.code, result.cause) };
    }),
    stop() {
      stopTree(child);
      // What is suspended hears of its end only when it goes on.
      suspend(false);
      leave();
    },
    suspend,
  };
}

/** SIGTERM to a program and all it has started, SIGKILL to what is left of them half a second later. */
function stopTree(child: { readonly pid?: number; kill(signal: 'SIGTERM'): boolean }): void {
  const others = child.pid === undefined ? [] : descendants(child.pid);
  for (const pid of others) send(pid, 'SIGTERM');
  child.kill('SIGTERM');
  if (others.length === 0) return;
  // When this process is gone before that, the guard does it.
  setTimeout(() => others.forEach((pid) => send(pid, 'SIGKILL')), KILL_AFTER_MS).unref();
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // already gone
  }
}

function guardLater(pid: number): () => void {
  let release = (): void => {};
  const timer = setTimeout(() => (release = guard(pid)), GUARD_AFTER_MS).unref();
  return () => {
    clearTimeout(timer);
    release();
  };
}

function cannotStart(program: string, code: string | undefined, cause: unknown): MediactlError {
  const isPath = /[/\\]/.test(program);
  const missing = isPath ? 'there is no such file' : 'there is no such program on the PATH';
  return new MediactlError('tool-missing', `cannot start ${program}`, {
    reason: code === 'ENOENT' ? missing : `the system reports ${code ?? 'nothing more'}`,
    hint: 'run "mediactl doctor" to see what is missing and how to install it',
    cause,
  });
}
