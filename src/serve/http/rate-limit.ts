import { systemClock, type Clock } from '../../storage/clock.js';

/** As many as this are known at once; those who have not asked for longest are forgotten first. */
const MOST = 50_000;

/**
 * So many requests a minute for each key, and at once a sixth of that. The generic cell rate algorithm (ITU-T I.371): of each
 * key only the moment is kept at which all it has asked for would have been due.
 */
export class RateLimit {
  readonly #stepMs: number;
  readonly #burstMs: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #due = new Map<string, number>();

  constructor(perMinute: number, clock: Pick<Clock, 'now'> = systemClock) {
    this.#stepMs = 60_000 / perMinute;
    this.#burstMs = this.#stepMs * Math.max(10, Math.ceil(perMinute / 6));
    this.#clock = clock;
  }

  /** Counts a request of this key; null: it may be. Else the seconds after which one may be again. */
  take(key: string): number | null {
    const now = this.#clock.now();
    const due = Math.max(this.#due.get(key) ?? 0, now);
    const waitMs = due + this.#stepMs - now - this.#burstMs;
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    this.#due.delete(key);
    this.#due.set(key, due + this.#stepMs);
    if (this.#due.size > MOST) for (const [oldest] of this.#due) return this.#forget(oldest);
    return null;
  }

  #forget(key: string): null {
    this.#due.delete(key);
    return null;
  }
}
