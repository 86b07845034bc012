/** A queue between producers that push and one consumer that iterates. */
export interface Channel<T> extends AsyncIterable<T> {
  push(item: T): void;
  /** No more items; with an error, the consumer gets what is queued and then the error. */
  close(error?: Error): void;
}

/** `onBacklog` is told how many items wait, each time that changes. */
export function createChannel<T>(onBacklog: (items: number) => void = () => {}): Channel<T> {
  const items: T[] = [];
  let closed: { readonly error: Error | undefined } | null = null;
  let wake = (): void => {};
  return {
    push(item) {
      items.push(item);
      onBacklog(items.length);
      wake();
    },
    close(error) {
      closed ??= { error };
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) {
          onBacklog(items.length);
          yield item;
        } else if (closed) {
          if (closed.error !== undefined) throw closed.error;
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    },
  };
}
