import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from '@node-rs/crc32';
import type { Pinned } from './pinned.js';

const FOLDER = 'source';
const KEY_BYTES = 32;
const RECORD_BYTES = 8;

/**
 * Blocks of a remote file on disk, kept over a crash. A list beside the data says which are there and what their
 * checksums are, so that what a crash or a power cut tore is noticed when it is read, and fetched again.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #data: FileHandle;
  readonly #list: FileHandle;
  readonly #sums: Map<number, number>;
  readonly #blockBytes: number;
  readonly #fileBytes: number;
  /** Blocks of an earlier run that were not read yet. */
  readonly #unchecked: Set<number>;

  private constructor(
    folder: string,
    files: { readonly data: FileHandle; readonly list: FileHandle },
    sums: Map<number, number>,
    size: { readonly blockBytes: number; readonly fileBytes: number },
  ) {
    this.#folder = folder;
    this.#data = files.data;
    this.#list = files.list;
    this.#sums = sums;
    this.#unchecked = new Set(sums.keys());
    this.#blockBytes = size.blockBytes;
    this.#fileBytes = size.fileBytes;
  }

  /** Goes on with what an earlier run left in that folder of the same version of the file. Throws the system's errors. */
  static async open(parent: string, source: Pinned, blockBytes: number): Promise<DiskCache> {
    const folder = join(parent, FOLDER);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { name, bytes, version, crc32c: sum } = source;
    const key = createHash('sha256')
      .update(JSON.stringify([name, bytes, version, sum, blockBytes]))
      .digest();
    const listed = await readFile(join(folder, 'blocks')).catch(() => Buffer.alloc(0));
    const known = listed.subarray(0, KEY_BYTES).equals(key);
    if (!known) await rm(join(folder, 'data'), { force: true });
    const sums = new Map<number, number>();
    for (let at = KEY_BYTES; known && at + RECORD_BYTES <= listed.length; at += RECORD_BYTES) {
      sums.set(listed.readUInt32LE(at), listed.readUInt32LE(at + 4));
    }
    // Written anew, so that a record that was torn does not shift those that follow.
    const records = [...sums].map(([index, one]) => recordOf(index, one));
    await writeFile(join(folder, 'blocks'), Buffer.concat([key, ...records]), { mode: 0o600 });
    const list = await open(join(folder, 'blocks'), 'a', 0o600);
    const data = await open(join(folder, 'data'), constants.O_RDWR | constants.O_CREAT, 0o600);
    return new DiskCache(folder, { data, list }, sums, { blockBytes, fileBytes: bytes });
  }

  /** Bytes that are there. */
  get bytes(): number {
    return Math.min(this.#fileBytes, this.#sums.size * this.#blockBytes);
  }

  has(index: number): boolean {
    return this.#sums.has(index);
  }

  /** Null when it is not there as it was kept. */
  async read(index: number): Promise<Buffer | null> {
    const sum = this.#sums.get(index);
    if (sum === undefined) return null;
    const start = index * this.#blockBytes;
    const buffer = Buffer.allocUnsafeSlow(Math.min(this.#blockBytes, this.#fileBytes - start));
    const { bytesRead } = await this.#data.read(buffer, 0, buffer.length, start);
    if (bytesRead === buffer.length && (!this.#unchecked.has(index) || crc32c(buffer) === sum)) {
      this.#unchecked.delete(index);
      return buffer;
    }
    this.#sums.delete(index);
    return null;
  }

  /** Throws the system's errors. */
  async write(index: number, bytes: Buffer): Promise<void> {
    await this.#data.write(bytes, 0, bytes.length, index * this.#blockBytes);
    const sum = crc32c(bytes) >>> 0;
    await this.#list.appendFile(recordOf(index, sum));
    this.#sums.set(index, sum);
  }

  async close(): Promise<void> {
    await this.#data.close();
    await this.#list.close();
  }

  /** Closes it, and leaves nothing. */
  async remove(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function recordOf(index: number, sum: number): Buffer {
  const record = Buffer.alloc(RECORD_BYTES);
  record.writeUInt32LE(index, 0);
  record.writeUInt32LE(sum, 4);
  return record;
}
