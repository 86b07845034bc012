import { open, rm, type FileHandle } from 'node:fs/promises';

const MOST_IN_MEMORY = 64 * 1024;

/**
 * Text that is written now and read once everything is known: in memory while it is short, else in a temporary file, of
 * which one piece at a time is held. Errors of the file system are passed on as they are.
 */
export class Spool {
  readonly #path: string;
  #text = '';
  #file: FileHandle | null = null;
  #written = 0;

  /** `path`: where the temporary file will be, if there is one. Its folder exists. */
  constructor(path: string) {
    this.#path = path;
  }

  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length < MOST_IN_MEMORY) return;
    this.#file ??= await open(this.#path, 'w+');
    const bytes = Buffer.from(this.#text, 'utf8');
    this.#text = '';
    let done = 0;
    while (done < bytes.length) {
      done += (await this.#file.write(bytes, done, bytes.length - done, this.#written + done)).bytesWritten;
    }
    this.#written += bytes.length;
  }

  /** What was written, piece by piece; pieces may end in the midst of anything but a character. */
  async *read(): AsyncGenerator<string> {
    if (this.#file) {
      const decoder = new TextDecoder();
      const piece = Buffer.alloc(MOST_IN_MEMORY);
      for (let at = 0; at < this.#written;) {
        const { bytesRead } = await this.#file.read(piece, 0, piece.length, at);
        if (bytesRead === 0) break;
        at += bytesRead;
        yield decoder.decode(piece.subarray(0, bytesRead), { stream: true });
      }
    }
    yield this.#text;
  }

  async discard(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    if (this.#file) await rm(this.#path, { force: true });
    this.#file = null;
  }
}
