/** Small enough that a look at an index costs little, and a multiple of what disks and networks like. */
export const BLOCK_BYTES = 256 * 1024;

/** Blocks that come in one request, one after the other. */
export class BlockRun {
  readonly blocks: readonly Promise<Buffer>[];
  readonly #waiting: { readonly resolve: (bytes: Buffer) => void; readonly reject: (error: unknown) => void }[] = [];
  readonly #arrived: (index: number, bytes: Buffer) => void;
  readonly #fileBytes: number;
  #index: number;
  #buffer: Buffer;
  #filled = 0;

  constructor(first: number, last: number, fileBytes: number, arrived: (index: number, bytes: Buffer) => void) {
    this.blocks = Array.from({ length: last - first }, () => {
      const promise = new Promise<Buffer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
      // Nobody may have asked for it yet.
      promise.catch(() => undefined);
      return promise;
    });
    this.#fileBytes = fileBytes;
    this.#arrived = arrived;
    this.#index = first;
    this.#buffer = this.#nextBuffer();
  }

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(this.#buffer, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled < this.#buffer.length) return;
      this.#arrived(this.#index, this.#buffer);
      this.#waiting.shift()?.resolve(this.#buffer);
      this.#index++;
      this.#filled = 0;
      if (this.#waiting.length > 0) this.#buffer = this.#nextBuffer();
    }
  }

  fail(error: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  #nextBuffer(): Buffer {
    return Buffer.allocUnsafeSlow(Math.min(BLOCK_BYTES, this.#fileBytes - this.#index * BLOCK_BYTES));
  }
}
