import type { Clock } from './clock.js';

/**
 * Holds everybody who sends to so many bytes a second together. First come, first served. Nothing is
 * saved up while nobody sends, but for a moment: so that timers that fire late cost no speed.
 */
export class Throttle {
  readonly bytesPerSecond: number;
  /** To ask for at once: small enough that several who send take turns many times a second. */
  readonly pieceBytes: number;
  readonly #clock: Clock;
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.bytesPerSecond = bytesPerSecond;
    this.pieceBytes = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.floor(bytesPerSecond / 8)));
    this.#clock = clock;
  }

  /** Resolves when so many bytes may go. Rejects with the signal's reason when it is aborted. */
  async take(bytes: number, signal?: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const at = Math.max(now - CATCH_UP_MS, this.#freeAt);
    this.#freeAt = at + (bytes / this.bytesPerSecond) * 1000;
    if (at > now) await this.#clock.sleep(at - now, signal);
  }

  /** Of so many requests, how many may run at once so that each of them moves: one that drips is cut by servers. */
  requestsAtOnce(wanted: number): number {
    return Math.min(wanted, Math.max(2, Math.ceil(this.bytesPerSecond / SLOWEST_REQUEST)));
  }
}

const CATCH_UP_MS = 100;
const SMALLEST_PIECE = 4 * 1024;
const LARGEST_PIECE = 256 * 1024;
/** Bytes a second. */
const SLOWEST_REQUEST = 64 * 1024;
