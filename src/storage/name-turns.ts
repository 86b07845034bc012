import type { Clock } from './clock.js';

/**
 * One write at a time to each name, and `intervalMs` between two: Google Cloud Storage allows about one change a
 * second to one object. None is dropped, and the last one asked for is the last one made.
 */
export class NameTurns {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #names = new Map<string, { turn: Promise<void>; freeAt: number }>();

  constructor(intervalMs: number, clock: Clock) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
  }

  async run<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#names.get(name);
    let done = (): void => undefined;
    const mine = { turn: new Promise<void>((resolve) => (done = resolve)), freeAt: Infinity };
    this.#names.set(name, mine);
    try {
      if (before) {
        await before.turn;
        const waitMs = before.freeAt - this.#clock.now();
        // Timers drop fractions of a millisecond.
        if (waitMs > 0) await this.#clock.sleep(Math.ceil(waitMs), signal);
      }
      signal?.throwIfAborted();
      return await work();
    } finally {
      mine.freeAt = this.#clock.now() + this.#intervalMs;
      done();
      if (this.#names.size > NAMES_BEFORE_SWEEP) this.#forgetFree();
    }
  }

  #forgetFree(): void {
    const now = this.#clock.now();
    for (const [name, { freeAt }] of this.#names) if (freeAt <= now) this.#names.delete(name);
  }
}

// A title has thousands of names, each written once.
const NAMES_BEFORE_SWEEP = 4096;
