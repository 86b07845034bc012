import { BodyWriter, type Body, type BodyOptions } from './body.js';
import type { JsonObject } from './json.js';
import type { ObjectRecord } from './object-record.js';

export const QUANTUM = 256 * 1024;

/** What an upload shall become. */
export interface SessionStart {
  readonly id: string;
  readonly bucket: string;
  readonly name: string;
  readonly resource: JsonObject;
  readonly query: URLSearchParams;
  /** From X-Upload-Content-Length, when the client said. */
  readonly announced: number | null;
  /** Of a browser; answers to the session carry CORS headers for it. */
  readonly origin: string | undefined;
}

/** A resumable upload under way: what it shall become, and the bytes that are kept of it. */
export class UploadSession {
  readonly start: SessionStart;
  /** Milliseconds since 1970. */
  expires: number;
  /** Set when the object was made. */
  finished: ObjectRecord | null = null;
  /** A request is writing; a second one waits its turn. */
  busy: Promise<void> = Promise.resolve();
  readonly #writer: BodyWriter;
  #tail: Buffer[] = [];
  #tailBytes = 0;

  constructor(start: SessionStart, expires: number, options: BodyOptions) {
    this.start = start;
    this.expires = expires;
    this.#writer = new BodyWriter(options);
  }

  /** Bytes that are kept whatever happens to the connection: whole multiples of 256 KiB. */
  get kept(): number {
    return this.#writer.size;
  }

  append(bytes: Buffer): void {
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    if (this.#tailBytes < QUANTUM) return;
    let whole = this.#tailBytes - (this.#tailBytes % QUANTUM);
    const left: Buffer[] = [];
    for (const piece of this.#tail) {
      const part = Math.min(whole, piece.length);
      if (part > 0) this.#writer.append(piece.subarray(0, part));
      if (part < piece.length) left.push(piece.subarray(part));
      whole -= part;
    }
    this.#tail = left;
    this.#tailBytes %= QUANTUM;
  }

  /** "Cloud Storage persists multiples of 256 KiB": what is left over is forgotten. */
  dropTail(): void {
    this.#tail = [];
    this.#tailBytes = 0;
  }

  finish(): Body {
    for (const piece of this.#tail) this.#writer.append(piece);
    this.dropTail();
    return this.#writer.finish();
  }
}
