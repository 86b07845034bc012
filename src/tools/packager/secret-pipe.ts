import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A text that is on its way through a named pipe. */
export interface Offer {
  /** Nobody will read it any more, if nobody has: takes it back. Never rejects. */
  withdraw(): Promise<void>;
}

/**
 * Gives a text to the first who reads the named pipe `path`. It is in memory only: never in a file, nor in the arguments or
 * the environment of a process.
 */
export function offerOnce(path: string, text: string): Offer {
  // Waits until somebody opens the other end.
  const given = open(path, 'w').then(async (pipe) => {
    try {
      await pipe.writeFile(text);
    } finally {
      await pipe.close();
    }
  });
  given.catch(() => undefined);
  return {
    async withdraw() {
      // Whoever should have read it may have died before: then this end is what the other waits for. What was written and
      // not read is gone when both are closed.
      const end = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
      await given.catch(() => undefined);
      await end?.close();
    },
  };
}
