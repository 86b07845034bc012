import type { PlaybackReport } from '../model/playback.js';
import { batchLength } from './report-batch.js';

/** Sends reports to `url` (null: nowhere), once a second, and what is left when the page is left. */
export function createPoster(url: string | null): (report: PlaybackReport) => void {
  if (url === null) return () => {};
  let waiting: PlaybackReport[] = [];
  let timer = 0;
  const send = (): void => {
    clearTimeout(timer);
    timer = 0;
    const batch = waiting.slice(0, batchLength(waiting));
    if (batch.length === 0) return;
    waiting = waiting.slice(batch.length);
    post(url, batch).catch(() => {
      // The server is away: what was said stays, up to a bound, until it is back.
      waiting = [...batch, ...waiting].slice(-MOST);
      timer ||= setTimeout(send, RETRY_MS);
    });
    if (waiting.length > 0) timer = setTimeout(send, 0);
  };
  addEventListener('pagehide', send);
  return (report) => {
    waiting.push(report);
    if (waiting.length > MOST) waiting.shift();
    timer ||= setTimeout(send, EVERY_MS);
  };
}

const MOST = 1000;
const EVERY_MS = 1000;
const RETRY_MS = 5000;

async function post(url: string, batch: readonly PlaybackReport[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(batch), keepalive: true });
  // What is refused as it is would be refused again.
  if (answer.status >= 500 || answer.status === 429) throw new Error(`HTTP ${answer.status}`);
}
