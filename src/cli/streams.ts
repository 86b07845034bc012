import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { hasErrorCode, MediactlError } from '../errors.js';

/** Passes errors of stdout to `handle`; a closed pipe becomes MediactlError('pipe-closed'). */
export function watchStdout(handle: (error: MediactlError) => void): void {
  process.stdout.on('error', (error: Error) => handle(describeStdoutError(error)));
}

/**
 * When Node exits, it restores the terminals as it found them, and aborts when one of them no longer exists (its window
 * was closed, ssh was cut off). So this closes such terminals first.
 */
export function forgetLostTerminals(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/** Writes text with a final newline, and waits until it is written: an earlier exit would cut it off in a slow pipe. */
export async function printToStdout(text: string): Promise<void> {
  printing++;
  const error = await new Promise<Error | null | undefined>((resolve) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, resolve);
  });
  printing--;
  // `mediactl plan … | head`: the reader that closed the pipe has seen enough.
  if (error && !isGone(error)) throw describeStdoutError(error);
}

let printing = 0;

/** Whether a text is being printed that its reader has not taken yet. */
export function isPrinting(): boolean {
  return printing > 0;
}

/**
 * Ends the process, its exit code as set, when all that was written has left for stdout and stderr. Nothing that is
 * still open, such as a request without an answer, keeps it any longer; after an interruption no reader does, either.
 */
export async function exitWhenWritten(signal?: AbortSignal): Promise<never> {
  if (signal?.aborted === true) setTimeout(() => process.exit(), INTERRUPTED_MS);
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => {
      if (stream.writable) stream.write('', () => resolve());
      else resolve();
    });
  }
  // An error of a stream is told after the write that it failed, and may change the exit code.
  await new Promise((resolve) => setImmediate(resolve));
  process.exit();
}

const INTERRUPTED_MS = 2000;

function describeStdoutError(error: Error): MediactlError {
  if (isGone(error)) {
    return new MediactlError('pipe-closed', 'the reader closed stdout', { cause: error });
  }
  const full = hasErrorCode(error, 'ENOSPC', 'EDQUOT');
  return new MediactlError(full ? 'disk-full' : 'output-not-writable', 'cannot write to stdout', {
    reason: error.message,
    cause: error,
  });
}

// The pipe has no reader any more, or the terminal is gone.
function isGone(error: Error): boolean {
  return hasErrorCode(error, 'EPIPE', 'EIO', 'ERR_STREAM_DESTROYED');
}
