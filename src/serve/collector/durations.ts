/** Each step is so much longer than the one before, and so a quantile is right to half of that. */
const GROWTH = 1.1;
const LONGEST_STEP = 200;

/** Quantiles of durations in flat memory: a histogram whose steps grow. */
export class Durations {
  readonly #counts = new Map<number, number>();
  #total = 0;

  add(milliseconds: number): void {
    const step = Math.min(
      LONGEST_STEP,
      Math.max(0, Math.round(Math.log(Math.max(1, milliseconds)) / Math.log(GROWTH))),
    );
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1);
    this.#total++;
  }

  /** Milliseconds below which this share (0…1) of them is; null: there are none. */
  quantile(share: number): number | null {
    let left = Math.ceil(share * this.#total);
    for (const [step, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 0) return Math.round(GROWTH ** step);
    }
    return null;
  }
}
