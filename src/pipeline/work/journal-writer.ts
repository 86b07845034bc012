import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asWriteError } from '../../errors/disk.js';
import { readLines } from './journal-lines.js';

/** Appends whole lines to one file, one after the other, whoever awaits them. */
export class JournalWriter {
  readonly #path: string;
  #handle: FileHandle | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws MediactlError (disk-full and the like); the file then still ends with a whole line. */
  write(line: string, durable: boolean): Promise<void> {
    const turn = this.#last.then(() => this.#append(line, durable));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle?.close();
    this.#handle = null;
  }

  async #append(line: string, durable: boolean): Promise<void> {
    try {
      this.#handle ??= await openForAppend(this.#path);
      const { size } = await this.#handle.stat();
      try {
        await this.#handle.appendFile(line);
      } catch (error) {
        // A full disk takes half a line; the next must not be glued to it.
        await this.#handle.truncate(size).catch(() => undefined);
        throw error;
      }
      if (durable) await this.#handle.datasync();
    } catch (error) {
      throw asWriteError(error, this.#path);
    }
  }
}

/** A line torn by a kill is cut off first. */
async function openForAppend(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  let whole = 0;
  for await (const line of readLines(path)) whole = line.endOffset;
  const handle = await open(path, 'a');
  await handle.truncate(whole);
  return handle;
}
