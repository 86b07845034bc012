/** The ends of one attempt: nothing has moved for too long, or all of it takes too long. Waits of our own do not count. */
export class Deadline {
  readonly #limits: { readonly stallMs: number; readonly wholeMs: number };
  readonly #onEnd: (message: string) => void;
  #stall: NodeJS.Timeout | undefined;
  #whole: NodeJS.Timeout | undefined;
  #leftMs: number;
  #since = 0;
  #received = 0;

  /** Begins at once. `onEnd` is called at most once, with what to say. */
  constructor(limits: { readonly stallMs: number; readonly wholeMs: number }, onEnd: (message: string) => void) {
    this.#limits = limits;
    this.#onEnd = onEnd;
    this.#leftMs = limits.wholeMs;
    this.resume();
  }

  /** Something moved; `bytes` of an answer: each further MiB of it may take as long as the whole. */
  progress(bytes: number): void {
    this.#stall?.refresh();
    this.#received += bytes;
    if (this.#received < MIB || !this.#whole) return;
    this.#received = 0;
    this.end();
    this.#leftMs = this.#limits.wholeMs;
    this.resume();
  }

  /** We hold it up ourselves from now on. */
  pause(): void {
    this.#leftMs -= performance.now() - this.#since;
    this.end();
  }

  resume(): void {
    const { stallMs, wholeMs } = this.#limits;
    this.#since = performance.now();
    this.#stall = setTimeout(() => this.#over(`nothing moved for ${stallMs / 1000} s`), stallMs);
    this.#whole = setTimeout(() => this.#over(`not done after ${Math.round(wholeMs / 1000)} s`), this.#leftMs);
  }

  end(): void {
    clearTimeout(this.#stall);
    clearTimeout(this.#whole);
    // A timer that is refreshed runs again.
    this.#stall = undefined;
    this.#whole = undefined;
  }

  #over(message: string): void {
    this.end();
    this.#onEnd(message);
  }
}

const MIB = 1024 * 1024;
