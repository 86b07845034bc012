import type { Clock } from '../../src/storage/clock.js';

/** A clock that stands still but for sleeping, and remembers how long each sleep was. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  #now = 1_000_000;
  readonly #chance: number;

  /** `chance`: what random() gives. */
  constructor(chance = 0.5) {
    this.#chance = chance;
  }

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept.push(milliseconds);
    this.#now += milliseconds;
    await Promise.resolve();
  }

  random(): number {
    return this.#chance;
  }
}
