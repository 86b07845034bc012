import type { PlaybackReport } from '../model/playback.js';
import { systemClock, type Clock } from '../storage/clock.js';
import { proxyFor } from '../storage/http/proxy.js';
import { DEFAULT_LIMITS, Transport } from '../storage/http/transport.js';
import { retryAfterMs, waitBefore, type RetryPolicy } from '../storage/retry.js';

export interface BeaconOptions {
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reports that were given up: so many, and why. */
  readonly onLost: (reports: number, reason: string) => void;
  readonly clock?: Clock;
  readonly policy?: RetryPolicy;
}

export interface Beacon {
  send(reports: readonly PlaybackReport[]): void;
  /** Sends what is left, but waits no longer than `milliseconds`. */
  close(milliseconds: number): Promise<void>;
}

const POLICY: RetryPolicy = { baseMs: 1000, capMs: 30_000, floorMs: 0, patienceMs: 300_000 };
const BATCH_MS = 2000;
const BATCH = 200;
/** More than this is not kept for an address that does not answer. */
const MOST = 10_000;

/**
 * Posts reports to an address, as a JSON array of at most 200, some seconds after the first. A batch that is not taken
 * (no answer, 408, 429, 5xx) is sent again, with growing waits; a report may so come twice, and `session` and `number`
 * tell it. One batch is under way at a time, so that they come in order.
 */
export function startBeacon({ url, env, onLost, clock = systemClock, policy = POLICY }: BeaconOptions): Beacon {
  const stop = new AbortController();
  const transport = new Transport({
    sockets: 1,
    limits: { ...DEFAULT_LIMITS, stallMs: 15_000 },
    signal: stop.signal,
    proxyFor: (address) => proxyFor(address, env),
  });
  const waiting: PlaybackReport[] = [];
  let working: Promise<void> | null = null;
  const hurry = new AbortController();

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      // So that what happens together goes together. Whoever closes does not wait for that.
      await clock.sleep(BATCH_MS, hurry.signal).catch(() => {});
      const batch = waiting.splice(0, BATCH);
      const reason = await deliver(batch);
      if (reason !== null) onLost(batch.length, reason);
    }
  };

  const deliver = async (batch: readonly PlaybackReport[]): Promise<string | null> => {
    const body = [Buffer.from(JSON.stringify(batch))];
    const headers = { 'content-type': 'application/json' };
    const began = clock.now();
    for (let attempt = 1; ; attempt++) {
      const failed = await transport.exchange({ method: 'POST', url, headers, body }).then(
        ({ status, headers: { 'retry-after': after, date } }) =>
          status < 300
            ? null
            : { reason: `HTTP ${status}`, again: isPassing(status), afterMs: retryAfterMs(after, date) },
        (error: unknown) => ({
          reason: error instanceof Error ? error.message : String(error),
          again: true,
          afterMs: null,
        }),
      );
      if (failed === null) return null;
      const waitMs = waitBefore(attempt, policy, clock.random(), failed.afterMs);
      if (!failed.again || stop.signal.aborted || clock.now() + waitMs - began > policy.patienceMs)
        return failed.reason;
      await clock.sleep(waitMs, stop.signal).catch(() => {});
    }
  };

  return {
    send: (reports) => {
      const room = Math.max(0, MOST - waiting.length);
      waiting.push(...reports.slice(0, room));
      if (reports.length > room) onLost(reports.length - room, 'too many wait already');
      working ??= drain().finally(() => (working = null));
    },
    close: async (milliseconds) => {
      hurry.abort();
      const timer = setTimeout(() => stop.abort(new Error('the program ends')), milliseconds);
      await working;
      clearTimeout(timer);
      transport.close();
    },
  };
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}
