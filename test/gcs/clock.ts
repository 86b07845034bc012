/** The server's time, which can be moved: expiry, retention and lifecycle need days to pass. */
export class Clock {
  #offset = 0;
  #lastGeneration = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }

  advance(milliseconds: number): void {
    this.#offset += milliseconds;
  }

  /** Generations grow with time (microseconds since 1970) and are never given twice, also when the clock goes back. */
  nextGeneration(): number {
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, this.now() * 1000);
    return this.#lastGeneration;
  }
}

export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
