import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { forEachBounded } from '../bounded.js';
import { BlockSums } from '../crc32c-sums.js';
import { BLOCK_BYTES, BlockRun } from './block-run.js';
import { DiskCache } from './disk-cache.js';
import type { Pinned } from './pinned.js';

/** Where reading goes on in order, one request fetches up to so many. */
const MOST_AT_ONCE = 16;
/** Blocks in memory: what several readers near each other share. */
const BLOCKS_IN_MEMORY = 64;
/** Requests side by side when all of it is wanted. */
const STREAMS = 4;
/** While more blocks than this wait for the disk, nothing is asked for in advance. */
const MOST_WRITING = 64;
/** Places where readers may go on, for the size of their next request. */
const REMEMBERED_POSITIONS = 64;

/**
 * A remote file in blocks, each fetched once for all who read it at about the same time. A reader that goes on in order
 * gets ever larger requests, made before it asks. Memory is bounded, whatever is read.
 */
export class Blocks {
  readonly source: Pinned;
  readonly count: number;
  readonly #ready = new Map<number, Buffer>();
  readonly #coming = new Map<number, Promise<Buffer>>();
  /** Where a request ended → its size in blocks; and at which block to make the next one in advance. */
  readonly #ended = new Map<number, number>();
  readonly #marks = new Map<number, number>();
  readonly #sums: BlockSums;
  #copy: DiskCache | null = null;
  /** Blocks on their way to the disk. */
  readonly #writing = new Map<number, Promise<void>>();
  #tainted = false;

  constructor(source: Pinned) {
    this.source = source;
    this.count = Math.ceil(source.bytes / BLOCK_BYTES);
    this.#sums = new BlockSums(source.bytes, BLOCK_BYTES);
  }

  /** From now on what came is kept in that folder, and what an earlier run kept there is used. */
  async cacheIn(folder: string): Promise<DiskCache> {
    this.#copy = await DiskCache.open(folder, this.source, BLOCK_BYTES);
    for (const [index, bytes] of this.#ready) this.#keep(index, bytes);
    return this.#copy;
  }

  /** Whether bytes came that are not those of the file. */
  get hasWrongBytes(): boolean {
    return this.#tainted;
  }

  /** Brings all of it into the copy. `onBytes`: how much of it is there, now and then. Throws as `checkSums` and `block`. */
  async fetchAll(signal: AbortSignal, onBytes: (bytes: number) => void): Promise<void> {
    const starts = Array.from({ length: Math.ceil(this.count / MOST_AT_ONCE) }, (_, i) => i * MOST_AT_ONCE);
    await forEachBounded(starts, STREAMS, async (first) => {
      const last = Math.min(this.count, first + MOST_AT_ONCE);
      for (let index = first; index < last; index++) {
        signal.throwIfAborted();
        if (this.#copy === null) throw this.#noRoom();
        if (this.#writing.size >= MOST_WRITING) await Promise.race(this.#writing.values());
        await (this.#here(index) ?? this.#request(index, last - index));
        onBytes(Math.min(this.source.bytes, this.#sums.count * BLOCK_BYTES));
      }
    });
    await this.idle();
    if (this.#copy === null) throw this.#noRoom();
    this.checkSums();
  }

  /** Keeps nothing on disk any more. */
  async keepNothing(): Promise<void> {
    const copy = this.#copy;
    this.#copy = null;
    await this.idle();
    await copy?.remove();
  }

  /** Until nothing is on its way to the disk. */
  async idle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing.values());
  }

  /** Keeps nothing more; the copy stays on disk. */
  async close(): Promise<void> {
    await this.idle();
    const copy = this.#copy;
    this.#copy = null;
    await copy?.close();
  }

  /** Throws what the source's `fetch` throws. */
  async block(index: number): Promise<Buffer> {
    const found = this.#here(index) ?? this.#request(index);
    if (this.#writing.size >= MOST_WRITING) await Promise.race(this.#writing.values());
    this.#touch(index);
    const next = this.#marks.get(index);
    if (next !== undefined) {
      this.#marks.delete(index);
      if (next < this.count && this.#writing.size < MOST_WRITING && !this.#isHere(next)) {
        void this.#request(next).catch(() => undefined);
      }
    }
    return found;
  }

  /** Fewer bytes than asked for where the file ends. */
  async read(offset: number, length: number): Promise<Buffer> {
    const end = Math.min(offset + length, this.source.bytes);
    const parts: Buffer[] = [];
    for (let at = offset; at < end;) {
      const index = Math.floor(at / BLOCK_BYTES);
      const block = await this.block(index);
      const start = at - index * BLOCK_BYTES;
      parts.push(block.subarray(start, Math.min(block.length, start + end - at)));
      at += parts.at(-1)?.length ?? 0;
    }
    return Buffer.concat(parts);
  }

  /** Throws MediactlError storage-checksum when all of it was read and is not what the server has. */
  checkSums(): void {
    const { crc32c } = this.source;
    const whole = crc32c === null ? null : this.#sums.whole();
    if (whole !== null && whole !== crc32c)
      throw this.#corrupt('its checksum is not the one that the server has for it');
  }

  /** Asks for a run of blocks that begins here; gives the first of them. */
  #request(first: number, count?: number): Promise<Buffer> {
    const wanted = count ?? Math.min(MOST_AT_ONCE, 2 * (this.#ended.get(first) ?? 0.5));
    this.#ended.delete(first);
    let last = first + 1;
    while (last < first + wanted && last < this.count && !this.#isHere(last)) last++;
    remember(this.#ended, last, last - first);
    if (last - first > 1 || wanted > 1) remember(this.#marks, first + Math.floor((last - first) / 2), last);

    const run = new BlockRun(first, last, this.source.bytes, (index, bytes) => this.#arrived(index, bytes));
    for (const [i, promise] of run.blocks.entries()) this.#coming.set(first + i, promise);
    this.source
      .fetch(first * BLOCK_BYTES, Math.min(last * BLOCK_BYTES, this.source.bytes), (bytes) => run.take(bytes))
      .catch((error: unknown) => run.fail(error))
      .finally(() => {
        for (let i = first; i < last; i++) this.#coming.delete(i);
      });
    const [block] = run.blocks;
    return block ?? Promise.reject(new RangeError(`no block ${first}`));
  }

  #arrived(index: number, bytes: Buffer): void {
    if (!this.#sums.add(index, bytes)) throw this.#corrupt('the same part of it had different bytes than before');
    this.#remember(index, bytes);
    this.#keep(index, bytes);
  }

  #remember(index: number, bytes: Buffer): void {
    this.#ready.set(index, bytes);
    for (const oldest of this.#ready.keys()) {
      if (this.#ready.size <= BLOCKS_IN_MEMORY) break;
      this.#ready.delete(oldest);
    }
  }

  #isHere(index: number): boolean {
    return this.#ready.has(index) || this.#coming.has(index) || this.#copy?.has(index) === true;
  }

  /** Null: it has to be asked for. */
  #here(index: number): Promise<Buffer> | Buffer | null {
    const found = this.#ready.get(index) ?? this.#coming.get(index);
    if (found !== undefined) return found;
    const copy = this.#copy;
    if (copy?.has(index) !== true) return null;
    const read: Promise<Buffer> = this.#readCopy(copy, index).finally(() => {
      if (this.#coming.get(index) === read) this.#coming.delete(index);
    });
    this.#coming.set(index, read);
    return read;
  }

  async #readCopy(copy: DiskCache, index: number): Promise<Buffer> {
    const bytes = await copy.read(index).catch(() => null);
    if (bytes === null) {
      this.#coming.delete(index);
      return this.#request(index, 1);
    }
    if (!this.#sums.add(index, bytes)) throw this.#corrupt('what was kept of it on disk has changed');
    this.#remember(index, bytes);
    return bytes;
  }

  /** A disk that takes no more ends the keeping, not the reading. */
  #keep(index: number, bytes: Buffer): void {
    const copy = this.#copy;
    if (copy === null || copy.has(index) || this.#writing.has(index)) return;
    const written = copy
      .write(index, bytes)
      .catch(async () => {
        if (this.#copy !== copy) return;
        this.#copy = null;
        await copy.remove().catch(() => undefined);
      })
      .finally(() => this.#writing.delete(index));
    this.#writing.set(index, written);
  }

  #touch(index: number): void {
    const block = this.#ready.get(index);
    if (block === undefined) return;
    this.#ready.delete(index);
    this.#ready.set(index, block);
  }

  #noRoom(): MediactlError {
    return new MediactlError('disk-full', `${printable(this.source.name)} could not be kept on disk`, {
      reason: 'the disk of the working folder is full',
      hint: 'free some space, then run the same command again: it keeps the chunks that are finished; or use --fetch never',
    });
  }

  #corrupt(reason: string): MediactlError {
    this.#tainted = true;
    return new MediactlError('storage-checksum', `${printable(this.source.name)} arrived damaged`, {
      reason,
      hint: 'run the same command again; if this persists, suspect memory or a proxy that changes data',
    });
  }
}

/** The newest few are enough. */
function remember(map: Map<number, number>, key: number, value: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= REMEMBERED_POSITIONS) return;
    map.delete(oldest);
  }
}
