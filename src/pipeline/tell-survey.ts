import type { Emit } from '../model/events.js';

const EVERY_MS = 250;
/** A survey that is over sooner says nothing. */
const SILENT_MS = 1000;

/** Makes `survey` events of how far a source has been read, a few a second. */
export function tellSurvey(
  emit: Emit,
  now: () => number = () => performance.now(),
): (bytes: number, totalBytes: number) => void {
  let dueMs: number | null = null;
  return (bytes, totalBytes) => {
    dueMs ??= now() + SILENT_MS;
    if (now() < dueMs) return;
    dueMs = now() + EVERY_MS;
    emit({ type: 'survey', bytes: Math.min(bytes, totalBytes), totalBytes });
  };
}
