import { ApiFailure } from './http/failure.js';
import type { Retry } from './retry.js';
import type { StorageEvent } from './storage-event.js';

/** Who tells of each retry of a request for `path`; undefined: there is nobody to tell. */
export function retryTeller(
  onEvent: ((event: StorageEvent) => void) | undefined,
  path: string,
): ((retry: Retry) => void) | undefined {
  if (!onEvent) return undefined;
  return ({ attempt, waitMs, error }) => {
    const reason = error instanceof ApiFailure ? `${error.status} ${error.reason}`.trim() : String(error);
    onEvent({ type: 'retry', path, attempt, waitMs, reason });
  };
}
