import { EXIT_CODES, hasErrorCode, MediactlError } from '../errors.js';
import type { ErrorEvent } from '../model/events.js';

/**
 * Turns whatever was thrown into the final event of a run. An error that is not a MediactlError is a bug: only a bug
 * carries a stack, and only when `verbose`. The reason of an abort takes precedence over what the abort made fail.
 */
export function describeFailure(
  thrown: unknown,
  options: { verbose: boolean; signal?: AbortSignal | null },
): ErrorEvent {
  const error: unknown = options.signal?.aborted ? options.signal.reason : thrown;
  if (error instanceof MediactlError) return fromMediactlError(error);
  if (hasErrorCode(error, 'ENOSPC', 'EDQUOT')) {
    return fromMediactlError(
      new MediactlError('disk-full', 'no space left on the disk', {
        reason: messageOf(error),
        hint: 'free some space, then run the same command again: finished chunks are kept',
      }),
    );
  }
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').map((line) => line.trim()) : [];
  return {
    type: 'error',
    code: 'internal',
    exitCode: EXIT_CODES.internal,
    message: `internal error: ${messageOf(error)}`,
    reason: 'this is a bug in mediactl, not a mistake of yours',
    hint: options.verbose
      ? 'please report it with the lines below'
      : 'please run the same command with --verbose, and report it with the output',
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
