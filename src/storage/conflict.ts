import { MediactlError } from '../errors.js';
import type { Storage, Stored } from './storage.js';

/** Whether a write or removal was refused because somebody else was faster. */
export function isConflict(error: unknown): error is MediactlError {
  return error instanceof MediactlError && error.code === 'storage-conflict';
}

/** What `work` gives; null when somebody else was faster. Throws its other errors. */
export async function nullOnConflict<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isConflict(error)) return null;
    throw error;
  }
}

/** Removes what was listed; false, and nothing done, when something else is there by now. Throws what `remove` throws. */
export async function removeIf(storage: Storage, { path, generation }: Stored): Promise<boolean> {
  const done = await nullOnConflict(async () => {
    await storage.remove(path, generation);
    return true;
  });
  return done ?? false;
}
