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
  const error = await new Promise<Error | null | undefined>((resolve) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, resolve);
  });
  // `mediactl plan … | head`: the reader that closed the pipe has seen enough.
  if (error && !isGone(error)) throw describeStdoutError(error);
}

function describeStdoutError(error: Error): MediactlError {
  if (isGone(error)) {
    return new MediactlError('pipe-closed', 'stdout was closed by its reader', { cause: error });
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
