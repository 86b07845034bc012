import type { Emit } from '../model/events.js';
import type { StorageEvent } from '../storage/storage-event.js';

/** Passes on that a server was asked in vain, and nothing else. */
export function tellRetries(emit: Emit): (event: StorageEvent) => void {
  return (event) => {
    if (event.type !== 'retry') return;
    const { path, attempt, waitMs, reason } = event;
    emit({ type: 'retry', path, attempt, waitSeconds: Math.round(waitMs) / 1000, reason });
  };
}
