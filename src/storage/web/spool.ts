import { createHash, randomBytes } from 'node:crypto';
import { ftruncateSync, writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asWriteError } from '../../errors/disk.js';

/**
 * A file without a name, so that nothing is left of it however the process ends. Throws MediactlError disk-full,
 * output-not-writable where it cannot be written.
 */
export class Spool {
  readonly #handle: FileHandle;
  readonly #file: string;
  #hash = createHash('sha256');
  #bytes = 0;

  private constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  static async create(): Promise<Spool> {
    const file = join(spoolFolder(), `mediactl-${randomBytes(12).toString('hex')}`);
    const handle = await open(file, 'wx+', 0o600).catch((error: unknown) => {
      throw asWriteError(error, file);
    });
    // Windows does not take the name from an open file; it goes at the end there.
    await rm(file, { force: true }).catch(() => undefined);
    return new Spool(handle, file);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 (hex) of all that was written. */
  get digest(): string {
    return this.#hash.copy().digest('hex');
  }

  /** At once, so that no more is in memory than what came last. */
  write(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length;)
        at += writeSync(this.#handle.fd, bytes, at, bytes.length - at, this.#bytes + at);
    } catch (error) {
      throw asWriteError(error, this.#file);
    }
    this.#bytes += bytes.length;
    this.#hash.update(bytes);
  }

  clear(): void {
    ftruncateSync(this.#handle.fd, 0);
    this.#bytes = 0;
    this.#hash = createHash('sha256');
  }

  async read(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#handle.read(buffer, 0, length, start);
    return buffer.subarray(0, bytesRead);
  }

  async close(): Promise<void> {
    await this.#handle.close();
    await rm(this.#file, { force: true });
  }
}

/** Where spools are: the system's folder for temporary files (TMPDIR). */
export function spoolFolder(): string {
  return tmpdir();
}
