/**
 * Bounds what is under way: so many tasks, and so many bytes in memory for them. First come, first served, so that a
 * large one is never starved by small ones.
 */
export class Pool {
  readonly #tasks: number;
  readonly #bytes: number;
  #runningTasks = 0;
  #heldBytes = 0;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(limits: { readonly tasks: number; readonly bytes: number }) {
    this.#tasks = Math.max(1, limits.tasks);
    this.#bytes = limits.bytes;
  }

  /** Runs `work` when there is room. A task that needs more bytes than the pool has runs alone. */
  async run<T>(bytes: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const held = Math.min(bytes, this.#bytes);
    if (this.#waiting.length > 0 || !this.#fits(held)) {
      await new Promise<void>((resolve) => this.#waiting.push({ bytes: held, start: resolve }));
    } else this.#take(held);
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#runningTasks--;
      this.#heldBytes -= held;
      this.#startWaiting();
    }
  }

  #fits(bytes: number): boolean {
    return this.#runningTasks < this.#tasks && (this.#heldBytes === 0 || this.#heldBytes + bytes <= this.#bytes);
  }

  #take(bytes: number): void {
    this.#runningTasks++;
    this.#heldBytes += bytes;
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.start();
    }
  }
}
