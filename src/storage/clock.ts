import { setTimeout as sleepFor } from 'node:timers/promises';

/** Time and chance, as parameters: tests pass a clock of their own. */
export interface Clock {
  /** Milliseconds from some fixed moment; never goes back, whatever happens to the system's date. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await sleepFor(milliseconds, undefined, signal ? { signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
  random: () => Math.random(),
};
