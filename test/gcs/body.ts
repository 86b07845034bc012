import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodeCrc32c, type Crc32c } from './crc32c.js';

/** An object's bytes, which never change. */
export interface Body {
  readonly size: number;
  /** Base64, as in metadata. */
  readonly crc32c: string;
  /** Base64; null above `md5Limit`. Computed when first asked for, where the bytes are in memory. */
  md5(): string | null;
  /** The bytes [start, end), in pieces of any size. */
  read(start: number, end: number): Iterable<Buffer>;
}

export interface BodyOptions {
  readonly crc32c: Crc32c;
  /** Bodies up to this many bytes stay in memory; larger ones go to a sparse file that has no name. */
  readonly memoryLimit: number;
  /** Bodies above this many bytes have no MD5. */
  readonly md5Limit: number;
  /** Of bodies above this many bytes only size and CRC-32C are kept; they are read as zeros. */
  readonly keepLimit: number;
}

const READ_BYTES = 1 << 18;
const ZEROS = Buffer.alloc(1 << 20);
// A body's file has no name, so that no way of ending leaves it behind; it goes with its last reader.
const FILES = new FinalizationRegistry<number>((fd) => fs.closeSync(fd));

/** Takes bytes as they come and makes a Body of them. */
export class BodyWriter {
  size = 0;
  readonly #options: BodyOptions;
  #crc = 0;
  #pieces: Buffer[] = [];
  #file: { fd: number; md5: Hash } | null = null;

  constructor(options: BodyOptions) {
    this.#options = options;
  }

  append(bytes: Buffer): void {
    this.#crc = this.#options.crc32c(bytes, this.#crc);
    if (this.size + bytes.length > this.#options.keepLimit) {
      this.size += bytes.length;
      this.#pieces = [];
      return;
    }
    if (!this.#file && this.size + bytes.length > this.#options.memoryLimit) this.#moveToFile();
    if (this.#file) this.#writeToFile(this.#file, bytes, this.size);
    else this.#pieces.push(bytes);
    this.size += bytes.length;
  }

  finish(): Body {
    const { size } = this;
    const crc32c = encodeCrc32c(this.#crc);
    if (size > this.#options.keepLimit) return new ForgottenBody(size, crc32c);
    if (!this.#file) return new MemoryBody(size, crc32c, this.#pieces, size <= this.#options.md5Limit);
    fs.ftruncateSync(this.#file.fd, size);
    const md5 = size <= this.#options.md5Limit ? this.#file.md5.digest('base64') : null;
    return new FileBody(size, crc32c, md5, this.#file.fd);
  }

  #moveToFile(): void {
    const name = path.join(os.tmpdir(), `gcs-fake-${process.pid}-${Math.random().toString(36).slice(2)}`);
    this.#file = { fd: fs.openSync(name, 'wx+', 0o600), md5: createHash('md5') };
    fs.unlinkSync(name);
    let at = 0;
    for (const piece of this.#pieces) {
      this.#writeToFile(this.#file, piece, at);
      at += piece.length;
    }
    this.#pieces = [];
  }

  #writeToFile(file: { fd: number; md5: Hash }, bytes: Buffer, position: number): void {
    // A hash that is not wanted in the end costs more than everything else here.
    if (position + bytes.length <= this.#options.md5Limit) file.md5.update(bytes);
    const isHole = bytes.length <= ZEROS.length && bytes.equals(ZEROS.subarray(0, bytes.length));
    if (!isHole) fs.writeSync(file.fd, bytes, 0, bytes.length, position);
  }
}

class MemoryBody implements Body {
  readonly size: number;
  readonly crc32c: string;
  readonly #pieces: readonly Buffer[];
  readonly #hasMd5: boolean;
  #md5: string | null = null;

  constructor(size: number, crc32c: string, pieces: readonly Buffer[], hasMd5: boolean) {
    this.size = size;
    this.crc32c = crc32c;
    this.#pieces = pieces;
    this.#hasMd5 = hasMd5;
  }

  md5(): string | null {
    if (this.#hasMd5 && this.#md5 === null) {
      const hash = createHash('md5');
      for (const piece of this.#pieces) hash.update(piece);
      this.#md5 = hash.digest('base64');
    }
    return this.#md5;
  }

  *read(start: number, end: number): Iterable<Buffer> {
    let at = 0;
    for (const piece of this.#pieces) {
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, piece.length);
      if (from < to) yield from === 0 && to === piece.length ? piece : piece.subarray(from, to);
      at += piece.length;
      if (at >= end) return;
    }
  }
}

class ForgottenBody implements Body {
  readonly size: number;
  readonly crc32c: string;

  constructor(size: number, crc32c: string) {
    this.size = size;
    this.crc32c = crc32c;
  }

  md5(): null {
    return null;
  }

  *read(start: number, end: number): Iterable<Buffer> {
    for (let at = start; at < end; at += ZEROS.length) yield ZEROS.subarray(0, Math.min(ZEROS.length, end - at));
  }
}

class FileBody implements Body {
  readonly size: number;
  readonly crc32c: string;
  readonly #md5: string | null;
  readonly #fd: number;

  constructor(size: number, crc32c: string, md5: string | null, fd: number) {
    this.size = size;
    this.crc32c = crc32c;
    this.#md5 = md5;
    this.#fd = fd;
    FILES.register(this, fd);
  }

  md5(): string | null {
    return this.#md5;
  }

  *read(start: number, end: number): Iterable<Buffer> {
    for (let at = start; at < end;) {
      const piece = Buffer.allocUnsafe(Math.min(READ_BYTES, end - at));
      const got = fs.readSync(this.#fd, piece, 0, piece.length, at);
      if (got === 0) throw new Error(`body file ends at ${at} of ${end}`);
      yield piece.subarray(0, got);
      at += got;
    }
  }
}
