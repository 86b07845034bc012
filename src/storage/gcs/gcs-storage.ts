import { asReadError } from '../../errors/disk.js';
import type { FileClass } from '../../model/title-files.js';
import { hasHeaders, keepingOthers } from '../headers.js';
import { Listing } from '../listing.js';
import type { NameTurns } from '../name-turns.js';
import type { Pool } from '../pool.js';
import { retryTeller } from '../retry-event.js';
import { fileChanged, stampOf } from '../source-file.js';
import type { StorageEvent } from '../storage-event.js';
import { checkPath, isCleanPath } from '../storage.js';
import type { FileStamp, ObjectHeaders, Snapshot, Storage, Stored, WriteOptions } from '../storage.js';
import type { Api, CallOptions } from './api.js';
import { fileContent, readWhole, wholeContent, type Content } from './content.js';
import { attemptOn, conflictOn, explain, type Attempted } from './explain.js';
import { ChecksumFailure } from './failure.js';
import { nextStep, type Attempt } from './next-step.js';
import { getObject, listObjects, patchObject, readObject, removeObject } from './objects.js';
import type { RemoteObject } from './resource.js';
import type { SessionStore } from './sessions.js';
import type { Outcome, Placement } from './upload.js';

export interface BucketOptions {
  readonly api: Api;
  /** "" or "titles/movie" */
  readonly prefix: string;
  readonly headersFor: (path: string, kind: FileClass) => ObjectHeaders;
  readonly placement: Placement;
  readonly pool: Pool;
  readonly turns: NameTurns;
  /** Writes to one name are at least so far apart, milliseconds. */
  readonly sameNameMs: number;
  readonly sessions: SessionStore;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: StorageEvent) => void) | undefined;
}

/** Up to here an object is sent in one request, its bytes in memory; above, in chunks that can go on after a crash. */
export const WHOLE_BYTES = 8 * 1024 * 1024;

/**
 * A title under a prefix of a Google Cloud Storage bucket. Every write has a precondition, so that it can be tried
 * again: without one from the caller, what is there is replaced, whichever it is. A write resolves when the server
 * has confirmed size and CRC-32C; what is there already with the same bytes is not written again.
 * Throws MediactlError storage-…, source-changed.
 */
export class GcsStorage implements Storage {
  readonly name: string;
  readonly #root: string;
  readonly #options: BucketOptions;

  constructor(options: BucketOptions) {
    this.#options = options;
    this.#root = options.prefix === '' ? '' : `${options.prefix}/`;
    this.name = `gs://${options.api.bucket}${options.prefix === '' ? '' : `/${options.prefix}`}`;
  }

  headersFor(path: string, kind: FileClass): ObjectHeaders {
    return this.#options.headersFor(path, kind);
  }

  async put(path: string, file: string, kind: FileClass, options: WriteOptions = {}): Promise<Stored> {
    checkPath(path);
    try {
      const expectedFile = options.expectedFile ?? (await stampOf(file));
      const memory = Math.min(expectedFile.size, WHOLE_BYTES);
      return await this.#change('write', path, memory, async () => {
        const content = await this.#contentOf(file, expectedFile);
        if (options.crc32c !== undefined && options.crc32c !== content.crc32c) throw fileChanged(file);
        return this.#store(path, kind, options, content);
      });
    } catch (error) {
      throw asReadError(error, file);
    }
  }

  async write(path: string, bytes: Uint8Array, kind: FileClass, options: WriteOptions = {}): Promise<Stored> {
    return this.#change('write', path, bytes.length, () =>
      this.#store(path, kind, options, wholeContent(this.#options.api, bytes)),
    );
  }

  async patch(existing: Stored, headers: ObjectHeaders): Promise<Stored> {
    return this.#change('change the headers of', existing.path, 0, async () =>
      this.#done(await this.#patch(existing, headers), 'patched'),
    );
  }

  async stat(path: string): Promise<Stored | null> {
    return this.#look('read', path, () => this.#stat(path));
  }

  async snapshot(): Promise<Snapshot> {
    return Listing.of(this.list(''));
  }

  async read(path: string, generation?: string): Promise<Uint8Array | null> {
    const { api } = this.#options;
    return this.#look('read', path, () => readObject(api, this.#object(path), generation ?? null, this.#reading(path)));
  }

  async remove(path: string, generation?: string): Promise<void> {
    const { api } = this.#options;
    await this.#change('remove', path, 0, async () => {
      // By generation, so that another attempt never removes what somebody has put there since.
      const known = generation ?? (await this.#stat(path))?.generation;
      if (known === undefined) return;
      const gone = await removeObject(api, this.#object(path), known, this.#writing(path));
      // Without a generation: what was there when it was asked is gone, and what replaced it came later.
      if (!gone && generation !== undefined) throw conflictOn(this.#attempted('remove', path));
    });
  }

  async *list(prefix: string): AsyncIterable<Stored> {
    try {
      for await (const object of listObjects(this.#options.api, this.#root + prefix, this.#reading(prefix))) {
        const stored = this.#storedFrom(object);
        // Neither markers of empty folders nor names that no title has.
        if (isCleanPath(stored.path)) yield stored;
      }
    } catch (error) {
      throw explain(error, this.#attempted('list', prefix));
    }
  }

  /** Every write was confirmed by the server before it resolved. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  async #contentOf(file: string, expectedFile: FileStamp): Promise<Content> {
    const { api, sessions, signal } = this.#options;
    if (expectedFile.size <= WHOLE_BYTES) return wholeContent(api, await readWhole(file, expectedFile));
    return fileContent(api, file, { sessions, scope: api.bucket, signal });
  }

  /** Sends until the server confirms these bytes with these headers, or until what is there is not ours to replace. */
  async #store(path: string, kind: FileClass, options: WriteOptions, content: Content): Promise<Stored> {
    const { placement, onEvent } = this.#options;
    const object = this.#object(path);
    const wanted = this.headersFor(path, kind);
    const onSent = onEvent && ((bytes: number): void => onEvent({ type: 'sent', path, bytes }));
    // Most names are new: what replaces nothing costs one request.
    let expected = typeof options.condition === 'object' ? options.condition.generation : '0';
    let wasConfirmedWrong = false;
    // What others have put on an object stays when its bytes are replaced.
    let headers = expected === '0' ? wanted : keepingOthers(wanted, (await this.#stat(path))?.headers ?? null);
    for (let round = 0; round < ROUNDS; round++) {
      const outcome = await content.send({ object, headers, placement, expected, onSent, ...this.#writing(path) });
      const confirmed = outcome.stored;
      if (confirmed !== null && isSame(confirmed, content)) return this.#done(this.#storedFrom(confirmed), 'sent');
      wasConfirmedWrong ||= confirmed !== null;
      const existing = await this.#stat(path);
      const same = existing !== null && isSame(existing, content) ? existing : null;
      const next = nextStep(attemptOf(outcome, wasConfirmedWrong), options, same !== null);
      if (same !== null && next === 'take') return this.#take(same, wanted);
      if (next === 'give-up') break;
      expected = existing?.generation ?? '0';
      headers = keepingOthers(wanted, existing?.headers ?? null);
    }
    if (!wasConfirmedWrong) throw conflictOn(this.#attempted('write', path));
    throw new ChecksumFailure('the server confirmed other bytes than those sent', false);
  }

  /** The right bytes are there already: now with the right headers. */
  async #take(existing: Stored, headers: ObjectHeaders): Promise<Stored> {
    const isRight = existing.headers !== null && hasHeaders(existing.headers, headers);
    return isRight ? this.#done(existing, 'there') : this.#done(await this.#patch(existing, headers), 'patched');
  }

  async #patch(existing: Stored, headers: ObjectHeaders): Promise<Stored> {
    const { path } = existing;
    const { api } = this.#options;
    const patched = await patchObject(api, this.#object(path), existing, headers, this.#writing(path));
    if (patched === null) throw conflictOn(this.#attempted('change the headers of', path));
    return this.#storedFrom(patched);
  }

  async #stat(path: string): Promise<Stored | null> {
    const found = await getObject(this.#options.api, this.#object(path), this.#reading(path));
    return found && this.#storedFrom(found);
  }

  /** One change at a time to one object, a second apart, and only so much under way at once. */
  async #change<T>(verb: string, path: string, bytes: number, work: () => Promise<T>): Promise<T> {
    const { turns, signal } = this.#options;
    return turns.run(checkPath(path), () => this.#look(verb, path, work, bytes), signal);
  }

  async #look<T>(verb: string, path: string, work: () => Promise<T>, bytes = 0): Promise<T> {
    const { pool, signal } = this.#options;
    checkPath(path);
    try {
      return await pool.run(bytes, work, signal);
    } catch (error) {
      throw explain(error, this.#attempted(verb, path));
    }
  }

  #reading(path: string): CallOptions {
    return { onRetry: retryTeller(this.#options.onEvent, path) };
  }

  #writing(path: string): CallOptions {
    return { ...this.#reading(path), floorMs: this.#options.sameNameMs };
  }

  #done(stored: Stored, how: 'sent' | 'there' | 'patched'): Stored {
    this.#options.onEvent?.({ type: 'stored', stored, how });
    return stored;
  }

  #storedFrom({ name, ...rest }: RemoteObject): Stored {
    return { path: name.slice(this.#root.length), ...rest };
  }

  #object(path: string): string {
    return this.#root + path;
  }

  #attempted(verb: string, path: string): Attempted {
    return attemptOn(this.#options.api, verb, this.#object(path));
  }
}

// Each is lost only when somebody else writes the same name at that very moment.
const ROUNDS = 5;

function attemptOf(outcome: Outcome, wasConfirmedWrong: boolean): Attempt {
  if (outcome.stored !== null) return 'wrong-bytes';
  // What is there after a wrong confirmation may be ours, whatever a later answer says.
  return outcome.uncertain || wasConfirmedWrong ? 'uncertain' : 'refused';
}

function isSame(existing: { readonly bytes: number; readonly crc32c: string | null }, content: Content): boolean {
  return existing.bytes === content.bytes && existing.crc32c === content.crc32c;
}
