import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

const CHUNK = 64 * 1024;

/**
 * A manifest that grows piece by piece under a temporary name beside `path` and appears under its own by commit().
 * UTF-8 without a byte order mark. Errors of the file system are passed on as they are.
 */
export class ManifestFile {
  /** Bytes written, after commit(). */
  bytes = 0;
  readonly #file: FileHandle;
  readonly path: string;
  readonly #part: string;
  #pending = '';

  private constructor(path: string, part: string, file: FileHandle) {
    this.path = path;
    this.#part = part;
    this.#file = file;
  }

  /** Makes the folder too: a rendition whose segments are published already has none in staging. */
  static async create(path: string): Promise<ManifestFile> {
    await mkdir(dirname(path), { recursive: true });
    const part = `${path}.part`;
    return new ManifestFile(path, part, await open(part, 'w'));
  }

  async write(text: string): Promise<void> {
    this.#pending += text;
    if (this.#pending.length >= CHUNK) await this.#flush();
  }

  async commit(): Promise<void> {
    await this.#flush();
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#part, this.path);
  }

  /** Forgets what was written; harmless after commit(). */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#part, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending, 'utf8');
    this.#pending = '';
    let written = 0;
    while (written < bytes.length) written += (await this.#file.write(bytes, written)).bytesWritten;
    this.bytes += bytes.length;
  }
}
