import { randomBytes } from 'node:crypto';
import { MediactlError } from '../../errors.js';
import { hasHeaders } from '../../storage/headers.js';
import type { ObjectHeaders, Storage, Stored } from '../../storage/storage.js';

/** Names of trial objects begin so; what is found of them later was left by a crash. */
export const TRIAL_NAME = '.mediactl-probe-';

/** What became of one step; null: it was not come to. */
export type Step = { readonly done: true } | { readonly done: false; readonly error: MediactlError } | null;

export interface TrialReport {
  /** Path below the prefix. */
  readonly path: string;
  readonly write: Step;
  readonly read: Step;
  readonly patch: Step;
  readonly remove: Step;
}

export interface TrialOptions {
  readonly storage: Storage;
  readonly cleaner: Storage;
  readonly signal: AbortSignal;
}

/** What a trial object is while it is there. */
export interface Trial {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly headers: ObjectHeaders;
}

/**
 * Writes an object under an unguessable name, reads it back, lets `look` see it, changes its headers, and removes it:
 * always, also when a step fails or `signal` says stop. `storage` should outlive the signal a little, so that a write
 * under way is known to be done or not; `cleaner`, the same place, does not end with it. Throws the signal's reason,
 * and what `look` throws.
 */
export async function tryOut(
  { storage, cleaner, signal }: TrialOptions,
  look: (trial: Trial) => Promise<void>,
): Promise<TrialReport> {
  const path = `${TRIAL_NAME}${randomBytes(16).toString('hex')}.m3u8`;
  const bytes = new TextEncoder().encode(TEXT);
  let read: Step = null;
  let patch: Step = null;
  let remove: Step = null;
  signal.throwIfAborted();
  const write = await attempt(() => storage.write(path, bytes, 'media-playlist', { condition: 'absent' }));
  try {
    signal.throwIfAborted();
    if (write.done) {
      read = await attempt(() => checkBytes(storage, write.value, bytes));
      signal.throwIfAborted();
      const { headers } = write.value;
      if (headers !== null) await look({ path, bytes, headers: storage.headersFor(path, 'media-playlist') ?? headers });
      signal.throwIfAborted();
      patch = await attempt(() => checkPatch(storage, write.value));
    }
  } finally {
    // A write whose answer was lost may have been done all the same.
    if (write.done || write.error.code === 'storage-unavailable' || signal.aborted) {
      const remover = signal.aborted ? cleaner : storage;
      remove = await attempt(() => remover.remove(path, write.done ? write.value.generation : undefined));
    }
  }
  signal.throwIfAborted();
  return { path, write, read, patch, remove };
}

/** A playlist, and text that a helpful proxy would compress. */
const TEXT = `#EXTM3U\n${'# mediactl doctor was here; this is removed at once\n'.repeat(40)}`;

type Attempt<T> = { readonly done: true; readonly value: T } | { readonly done: false; readonly error: MediactlError };

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: true, value: await work() };
  } catch (error) {
    if (error instanceof MediactlError) return { done: false, error };
    throw error;
  }
}

async function checkBytes(storage: Storage, { path, generation }: Stored, bytes: Uint8Array): Promise<void> {
  const found = await storage.read(path, generation);
  if (found !== null && Buffer.compare(found, bytes) === 0) return;
  throw new MediactlError('storage-checksum', `could not read back ${path}`, {
    reason:
      found === null
        ? 'it does not exist, although the bucket confirmed it'
        : 'the bytes read differ from those written',
    hint: 'suspect a proxy in between, or a wrong --endpoint',
  });
}

async function checkPatch(storage: Storage, stored: Stored): Promise<void> {
  const headers = { contentType: 'text/plain; charset=utf-8', cacheControl: 'no-cache', metadata: {} };
  const patched = await storage.patch(stored, headers);
  if (patched.headers !== null && hasHeaders(patched.headers, headers)) return;
  throw new MediactlError('storage-rejected', `could not change the headers of ${stored.path}`, {
    reason: 'the bucket confirmed the change, but shows other headers',
  });
}
