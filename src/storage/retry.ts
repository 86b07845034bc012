import type { Clock } from './clock.js';

export interface RetryPolicy {
  /** The first wait is at most this, each further one at most twice the one before, up to `capMs`. */
  readonly baseMs: number;
  readonly capMs: number;
  /** No wait is shorter; two writes to one object name must be a second apart. */
  readonly floorMs: number;
  /** Gives up when the next attempt would begin later than this after the first has failed, which may take long. */
  readonly patienceMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { baseMs: 500, capMs: 32_000, floorMs: 0, patienceMs: 600_000 };

/** What whoever failed says about the failure. */
export interface Verdict {
  readonly retry: boolean;
  /** The other side's wish (Retry-After), milliseconds. */
  readonly afterMs?: number | null;
  /** Less patience than the policy's for this kind of failure. */
  readonly patienceMs?: number;
}

export interface RetryContext {
  readonly policy: RetryPolicy;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly verdictOn: (error: unknown) => Verdict;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Retry {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  readonly waitMs: number;
  readonly error: unknown;
}

/** Thrown when retrying is over; `cause` is the last failure. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
  readonly attempts: number;
  readonly why: 'time' | 'budget';

  constructor(attempts: number, why: 'time' | 'budget', cause: unknown) {
    super(`gave up after ${attempts} attempts`, { cause });
    this.attempts = attempts;
    this.why = why;
  }
}

/**
 * How many retries all requests of a run may make together: each takes one, each success gives one back. A storage
 * that fails now and then never uses it up; one that fails always is left alone soon instead of being stormed.
 */
export class RetryBudget {
  readonly #capacity: number;
  #left: number;

  constructor(capacity = 500) {
    this.#capacity = capacity;
    this.#left = capacity;
  }

  take(): boolean {
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  giveBack(): void {
    this.#left = Math.min(this.#capacity, this.#left + 1);
  }
}

/**
 * Runs `work` until it succeeds, with exponential backoff and full jitter between attempts; a Retry-After is kept,
 * and jitter comes on top of it. Failures that `verdictOn` does not call retryable are thrown as they are, GaveUp when
 * time or budget are used up.
 */
export async function retrying<T>(work: (attempt: number) => Promise<T>, context: RetryContext): Promise<T> {
  const { policy, budget, clock, signal } = context;
  let failedAt: number | null = null;
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await work(attempt);
      budget.giveBack();
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      const verdict = context.verdictOn(error);
      if (!verdict.retry) throw error;
      const waitMs = waitBefore(attempt, policy, clock.random(), verdict.afterMs ?? null);
      const patience = Math.min(policy.patienceMs, verdict.patienceMs ?? Infinity);
      failedAt ??= clock.now();
      if (clock.now() + waitMs - failedAt > patience) throw new GaveUp(attempt, 'time', error);
      if (!budget.take()) throw new GaveUp(attempt, 'budget', error);
      context.onRetry?.({ attempt, waitMs, error });
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Milliseconds to wait after the failed attempt (from 1); `chance` in [0, 1). */
export function waitBefore(attempt: number, policy: RetryPolicy, chance: number, afterMs: number | null): number {
  const backoff = chance * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 30));
  const wait = afterMs === null ? backoff : afterMs + chance * policy.baseMs;
  return Math.max(policy.floorMs, wait);
}

/** Retry-After (RFC 9110 §10.2.3: seconds or a date) in milliseconds; null when there is none to understand. */
export function retryAfterMs(value: string | undefined, date: string | undefined): number | null {
  if (value === undefined) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  // Against the answer's own Date, so that this machine's wrong clock does not matter.
  const milliseconds = Date.parse(value) - Date.parse(date ?? new Date().toUTCString());
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : null;
}

export function triedOften({ attempts, why }: GaveUp): string {
  const times = attempts === 1 ? 'once' : `${attempts} times`;
  return why === 'budget' ? ` (tried ${times}; too many retries in this run)` : ` (tried ${times})`;
}
