import { randomBytes } from 'node:crypto';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface RotatedOptions {
  /** Made (0700) when it is not there. */
  readonly folder: string;
  /** What the names begin with: "reports" for reports-2026-11-26-1a2b3c4d-0000.ndjson. */
  readonly prefix: string;
  /** A file that has more is followed by another. */
  readonly rotateAt: number;
  /** Milliseconds since 1970; Date.now. */
  readonly today: () => number;
}

/** Text that waits for the disk; beyond it nothing more is taken. */
const MOST_WAITING = 16 * 1024 * 1024;

interface Waiting {
  readonly text: string;
  readonly done: (error: Error | null) => void;
}

/**
 * Lines of JSON in files of a day (UTC) and a size, which only this user can read (0600). A name has eight digits by chance
 * for each run of the program, so that no two ever write to one file. What is given together is appended by one write, whole
 * or not at all.
 */
export class RotatedFiles {
  readonly #options: RotatedOptions;
  readonly #run = randomBytes(4).toString('hex');
  #file: { readonly handle: FileHandle; readonly day: string; bytes: number } | null = null;
  #number = 0;
  #waiting: Waiting[] = [];
  #waitingLength = 0;
  #working: Promise<void> | null = null;

  constructor(options: RotatedOptions) {
    this.#options = options;
  }

  /** Makes the folder. Throws the system's errors. */
  async prepare(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
  }

  /** Resolves when the text, whole lines, is in a file. Throws the system's errors, and where too much waits already. */
  async append(text: string): Promise<void> {
    if (this.#waitingLength + text.length > MOST_WAITING) throw new Error('the disk is too slow for what comes');
    this.#waitingLength += text.length;
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ text, done: (error) => (error === null ? resolve() : reject(error)) });
    });
    this.#working ??= this.#work().finally(() => (this.#working = null));
    await written;
  }

  /** What was given so far is on the disk, and not only with the system. */
  async sync(): Promise<void> {
    await this.#working;
    await this.#file?.handle.sync();
  }

  /** What was taken is on the disk. */
  async close(): Promise<void> {
    await this.#working;
    await this.#finish();
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const all = this.#waiting;
      this.#waiting = [];
      this.#waitingLength = 0;
      const error = await this.#write(Buffer.from(all.map(({ text }) => text).join(''))).then(
        () => null,
        (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))),
      );
      for (const { done } of all) done(error);
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    const file = await this.#fileFor(bytes.length);
    try {
      for (let at = 0; at < bytes.length;) at += (await file.handle.write(bytes, at)).bytesWritten;
      file.bytes += bytes.length;
    } catch (error) {
      // What a full disk took of it is no whole line.
      await file.handle.truncate(file.bytes).catch(() => {});
      throw error;
    }
  }

  async #fileFor(more: number): Promise<{ readonly handle: FileHandle; bytes: number }> {
    const { folder, prefix, rotateAt, today } = this.#options;
    const day = dayOf(today());
    if (this.#file !== null && this.#file.day === day && this.#file.bytes + more <= rotateAt) return this.#file;
    await this.#finish();
    const number = String(this.#number++).padStart(4, '0');
    const handle = await open(join(folder, `${prefix}-${day}-${this.#run}-${number}.ndjson`), 'ax', 0o600);
    this.#file = { handle, day, bytes: 0 };
    return this.#file;
  }

  async #finish(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.handle.sync().catch(() => {});
    await file?.handle.close();
  }
}

/** "2026-11-26", UTC. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
