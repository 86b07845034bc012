import { readFile, stat } from 'node:fs/promises';
import { MediactlError } from '../../src/errors.js';
import type { FileClass } from '../../src/model/title-files.js';
import { crc32cOf } from '../../src/storage/crc32c.js';
import { headerPolicy, keepingOthers } from '../../src/storage/headers.js';
import { checkPath, type ObjectHeaders, type Snapshot, type Storage, type Stored } from '../../src/storage/storage.js';
import type { FileStamp, WriteOptions } from '../../src/storage/storage.js';

interface MemoryObject {
  readonly stored: Stored;
  readonly bytes: Uint8Array;
}

/** A bucket in memory: generations, conditions, checksums and headers as a bucket has them, and nothing of a network. */
export class MemoryStorage implements Storage {
  readonly name = 'memory://title';
  /** What was done, in order: "put a/00000.ts". */
  readonly log: string[] = [];
  /** Called before bytes are written; may wait, throw, or change what is there. */
  beforeWrite: (path: string) => Promise<void> | void = () => {};
  readonly #objects = new Map<string, MemoryObject>();
  readonly #policy = headerPolicy();
  #generation = 1000;

  headersFor(path: string, kind: FileClass): ObjectHeaders {
    return this.#policy(path, kind);
  }

  async put(path: string, file: string, kind: FileClass, options?: WriteOptions): Promise<Stored> {
    checkPath(path);
    const bytes = await readStaged(file, options?.expectedFile);
    return this.#store(`put ${path}`, path, bytes, kind, options);
  }

  async write(path: string, bytes: Uint8Array, kind: FileClass, options?: WriteOptions): Promise<Stored> {
    return this.#store(`write ${checkPath(path)}`, path, bytes, kind, options);
  }

  async patch(there: Stored, headers: ObjectHeaders): Promise<Stored> {
    await Promise.resolve();
    this.log.push(`patch ${there.path}`);
    const found = this.#objects.get(there.path);
    if (found?.stored.generation !== there.generation) throw conflict(there.path);
    const stored = { ...found.stored, headers: keepingOthers(headers, found.stored.headers) };
    this.#objects.set(there.path, { ...found, stored });
    return stored;
  }

  async stat(path: string): Promise<Stored | null> {
    await Promise.resolve();
    return this.#objects.get(checkPath(path))?.stored ?? null;
  }

  async snapshot(): Promise<Snapshot> {
    await Promise.resolve();
    const all = new Map(this.#sorted().map((stored) => [stored.path, stored]));
    return { all: () => all.values(), get: (path) => Promise.resolve(all.get(path) ?? null) };
  }

  async read(path: string, generation?: string): Promise<Uint8Array | null> {
    // Who reads again and again lets others write.
    await new Promise(setImmediate);
    const found = this.#objects.get(checkPath(path));
    return found && (generation === undefined || generation === found.stored.generation) ? found.bytes : null;
  }

  async remove(path: string, generation?: string): Promise<void> {
    await Promise.resolve();
    const found = this.#objects.get(checkPath(path));
    if (found && generation !== undefined && generation !== found.stored.generation) throw conflict(path);
    this.log.push(`remove ${path}`);
    this.#objects.delete(path);
  }

  async *list(prefix: string): AsyncGenerator<Stored> {
    await Promise.resolve();
    for (const stored of this.#sorted()) if (stored.path.startsWith(prefix)) yield stored;
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  #sorted(): Stored[] {
    const all = [...this.#objects.values()].map(({ stored }) => stored);
    return all.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  }

  async #store(
    entry: string,
    path: string,
    bytes: Uint8Array,
    kind: FileClass,
    { condition }: WriteOptions = {},
  ): Promise<Stored> {
    await this.beforeWrite(path);
    const found = this.#objects.get(path)?.stored ?? null;
    const wanted = condition === 'absent' ? null : condition?.generation;
    if (condition !== undefined && (found?.generation ?? null) !== wanted) throw conflict(path);
    this.log.push(entry);
    const stored = {
      path,
      bytes: bytes.length,
      crc32c: crc32cOf(bytes),
      generation: String(this.#generation++),
      headers: this.headersFor(path, kind),
    };
    this.#objects.set(path, { stored, bytes });
    return stored;
  }
}

async function readStaged(file: string, expected: FileStamp | undefined): Promise<Uint8Array> {
  try {
    const { size, mtimeMs } = await stat(file);
    if (expected && (size !== expected.size || mtimeMs !== expected.mtimeMs)) {
      throw new MediactlError('source-changed', `${file} is not what was looked at`);
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof MediactlError) throw error;
    throw new MediactlError('input-unreadable', `cannot read ${file}`, { cause: error });
  }
}

function conflict(path: string): MediactlError {
  return new MediactlError('storage-conflict', `${path} is not what was expected`);
}
