import type { PlaybackReport } from '../model/playback.js';

/** How many of these, at least one, go at once. */
export function batchLength(reports: readonly PlaybackReport[]): number {
  let bytes = 2;
  let count = 0;
  for (const report of reports.slice(0, BATCH)) {
    bytes += new TextEncoder().encode(JSON.stringify(report)).length + 1;
    if (bytes > MOST_BYTES) break;
    count++;
  }
  return Math.max(1, count);
}

const BATCH = 100;
/** Of what outlives its page, browsers take 64 KiB at most (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch), and refuse more for ever. */
const MOST_BYTES = 60_000;
