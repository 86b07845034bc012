import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { hasErrorCode, MediactlError } from '../errors.js';

/** Errors of stdout go to `handle`, a closed pipe as MediactlError('pipe-closed'). */
export function watchStdout(handle: (error: MediactlError) => void): void {
  process.stdout.on('error', (error: Error) => handle(describeStdoutError(error)));
}

/**
 * Node puts terminals back as it found them when it exits, and aborts when one of them is no more (window closed, ssh
 * gone). So those are closed first.
 */
export function forgetLostTerminals(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  if (terminals.length === 0) return;
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}

/** Writes text and its last newline, and waits until it is out: exiting earlier would cut it off in a slow pipe. */
export async function printToStdout(text: string): Promise<void> {
  const error = await new Promise<Error | null | undefined>((resolve) => {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`, resolve);
  });
  // `mediactl plan … | head`: who closed the pipe has seen enough.
  if (error && !isGone(error)) throw describeStdoutError(error);
}

function describeStdoutError(error: Error): MediactlError {
  if (isGone(error)) {
    return new MediactlError('pipe-closed', 'stdout was closed by who was reading it', { cause: error });
  }
  const full = hasErrorCode(error, 'ENOSPC', 'EDQUOT');
  return new MediactlError(full ? 'disk-full' : 'output-not-writable', 'cannot write to stdout', {
    reason: error.message,
    cause: error,
  });
}

// A pipe without a reader, or a terminal that is no more.
function isGone(error: Error): boolean {
  return hasErrorCode(error, 'EPIPE', 'EIO', 'ERR_STREAM_DESTROYED');
}
