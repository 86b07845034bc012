/** So many tasks are handed to a bucket at once: its pool bounds what is really under way. */
export const QUEUED_AT_ONCE = 256;

/**
 * Runs `work` on every item, at most `limit` at a time, pulling the next item only when there is room. After the
 * first failure nothing more is started; what runs is awaited, then the failure is thrown.
 */
export async function forEachBounded<T>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let running = 0;
  let wake = (): void => {};
  const until = async (most: number): Promise<void> => {
    while (running > most) await new Promise<void>((resolve) => (wake = resolve));
  };
  const start = async (item: T): Promise<void> => {
    try {
      await work(item);
    } catch (error) {
      failures.push(error);
    } finally {
      running--;
      wake();
    }
  };
  try {
    for await (const item of items) {
      if (failures.length > 0) break;
      running++;
      void start(item);
      await until(limit - 1);
    }
  } finally {
    await until(0);
  }
  if (failures.length > 0) throw failures[0];
}
