import type { SizedSegment } from './segments.js';

/** Bits per second. */
export interface Rates {
  readonly peak: number;
  readonly average: number;
}

/**
 * Bits per second from the files. Peak: the highest rate of any contiguous run that lasts 0.5 to 1.5 target durations
 * (RFC 8216 4.1), or the largest segment's where no run is long enough. Holds no more than the longest such run.
 * Written apart from the packaging stage on purpose: one checks the other.
 */
export class RateWindow {
  readonly #target: number;
  readonly #window: { readonly bytes: number; readonly micros: number }[] = [];
  #windowMicros = 0;
  #bytes = 0;
  #micros = 0;
  #peak = 0;
  #largest = { bytes: 0, micros: 0 };

  constructor(targetSeconds: number | null) {
    this.#target = (targetSeconds ?? 0) * 1e6;
  }

  add({ bytes, micros }: SizedSegment): void {
    this.#bytes += bytes;
    this.#micros += micros;
    if (bytes > this.#largest.bytes) this.#largest = { bytes, micros };
    this.#window.push({ bytes, micros });
    this.#windowMicros += micros;
    while (this.#windowMicros > 1.5 * this.#target) this.#windowMicros -= this.#window.shift()?.micros ?? 0;

    // Every run that ends here.
    let runBytes = this.#window.reduce((sum, segment) => sum + segment.bytes, 0);
    let runMicros = this.#windowMicros;
    for (const first of this.#window) {
      if (runMicros < 0.5 * this.#target) break;
      this.#peak = Math.max(this.#peak, rate(runBytes, runMicros));
      runBytes -= first.bytes;
      runMicros -= first.micros;
    }
  }

  get rates(): Rates {
    const average = rate(this.#bytes, this.#micros);
    const peak = this.#peak || rate(this.#largest.bytes, this.#largest.micros);
    return { peak: Math.max(peak, average), average };
  }
}

function rate(bytes: number, micros: number): number {
  return micros > 0 ? (bytes * 8e6) / micros : 0;
}
