import { EXIT_CODES, hasErrorCode, MediactlError } from '../errors.js';
import type { ErrorEvent } from '../model/events.js';

/**
 * Whatever was thrown, as the final event of a run. Errors that are not ours are bugs: only those carry a stack, and
 * only when `verbose`. An abort's reason goes before what the abort made fail.
 */
export function describeFailure(
  thrown: unknown,
  options: { verbose: boolean; signal?: AbortSignal | null },
): ErrorEvent {
  const error: unknown = options.signal?.aborted ? options.signal.reason : thrown;
  if (error instanceof MediactlError) return fromMediactlError(error);
  if (hasErrorCode(error, 'ENOSPC', 'EDQUOT')) {
    return fromMediactlError(
      new MediactlError('disk-full', 'no space left to write to', {
        reason: messageOf(error),
        hint: 'make room, then run the same command again: it goes on where it stopped',
      }),
    );
  }
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').map((line) => line.trim()) : [];
  return {
    type: 'error',
    code: 'internal',
    exitCode: EXIT_CODES.internal,
    message: `mediactl failed in a way it never should: ${messageOf(error)}`,
    reason: 'this is a bug in mediactl, not a mistake of yours',
    hint: options.verbose
      ? 'please report it, with the lines below'
      : 'please report it, with what the same command says with --verbose',
    detail: options.verbose ? stack : [],
  };
}

function fromMediactlError(error: MediactlError): ErrorEvent {
  const { code, exitCode, message, reason, hint, detail } = error;
  return { type: 'error', code, exitCode, message, reason, hint, detail };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
