import { MediactlError } from '../errors.js';
import type { Storage, Stored } from './storage.js';

/** Removes what was listed; false, and nothing done, when something else is there by now. Throws what `remove` throws. */
export async function removeIf(storage: Storage, { path, generation }: Stored): Promise<boolean> {
  try {
    await storage.remove(path, generation);
    return true;
  } catch (error) {
    if (error instanceof MediactlError && error.code === 'storage-conflict') return false;
    throw error;
  }
}
