import { containerOf } from './container.js';
import type { Findings } from './findings.js';
import type { SizedSegment } from './segments.js';

/** The entries of one I-frame playlist, fed beside the segments of its rung: each has some, in order of bytes. */
export class IframeCheck {
  readonly #path: string;
  readonly #findings: Findings;
  #without = 0;
  #outOfOrder = 0;

  /** `path`: of the playlist. */
  constructor(path: string, findings: Findings) {
    this.#path = path;
    this.#findings = findings;
  }

  /** The I-frames of the rung's next segment. */
  segment(entries: readonly SizedSegment[]): void {
    if (entries.length === 0) this.#without++;
    let end = 0;
    for (const entry of entries) {
      this.#entry(entry);
      const { range, path } = entry;
      if (!range) continue;
      if (range.offset < end) this.#error(`${range.bytes}@${range.offset} of ${path} is out of order`);
      end = range.offset + range.bytes;
    }
  }

  /** I-frames that are in none of the segments to come. */
  leftOver(entries: readonly SizedSegment[]): void {
    for (const entry of entries) {
      this.#entry(entry);
      this.#outOfOrder++;
      const name = entry.range ? `${entry.range.bytes}@${entry.range.offset} of ${entry.path}` : entry.path;
      this.#error(`${name} is out of order, or in no segment of its rung`);
    }
  }

  end(): void {
    // A player that seeks by I-frames wants one in every segment. Behind one that is out of order none was looked for.
    if (this.#without > 0 && this.#outOfOrder === 0) {
      this.#error(`${this.#without} segments of its rung have no I-frame in it`);
    }
  }

  #entry({ range, path }: SizedSegment): void {
    if (!range) return this.#error(`an I-frame of ${path} has no byte range`);
    const fault = containerOf(path)?.iframeFault(range) ?? null;
    if (fault !== null) this.#error(`${range.bytes}@${range.offset} of ${path} ${fault}`);
  }

  #error(message: string): void {
    this.#findings.error(this.#path, 'iframes-broken', message);
  }
}
