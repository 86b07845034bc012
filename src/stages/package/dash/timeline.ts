import { createHash } from 'node:crypto';
import { MediactlError } from '../../../errors.js';
import type { Segment } from '../../../model/artifact.js';
import { multiply, rational } from '../../../model/rational.js';
import type { Rendition } from '../../../model/rendition.js';
import { Spool } from './spool.js';
import { element } from './xml.js';

/** So deep do S elements stand in the manifest. */
const INDENT = 10;

/**
 * The SegmentTimeline of a rendition as its segments pass by: runs of segments that last equally long are one S element
 * (ISO/IEC 23009-1 5.3.9.6). Ticks of the rendition's timescale.
 */
export class Timeline {
  readonly #rendition: Rendition;
  readonly #spool: Spool;
  readonly #hash = createHash('sha256');
  #end = 0;
  #run: { readonly ticks: number; count: number } | null = null;
  #isFirst = true;
  /** Of the longest segment. */
  longest = 0;

  /** `temporary`: path of a file for what does not fit into memory. */
  constructor(rendition: Rendition, temporary: string) {
    this.#rendition = rendition;
    this.#spool = new Spool(temporary);
  }

  /**
   * Throws MediactlError('grid-broken') where a segment does not begin at the end of the one before it, the first at 0, or
   * does not last whole ticks: a timeline would then say what is not so.
   */
  async add({ index, start, duration }: Segment): Promise<void> {
    const { num: ticks, den } = multiply(duration, rational(this.#rendition.timescale));
    if (den !== 1 || ticks <= 0) throw this.#broken(index, `it lasts ${ticks}/${den} ticks`);
    if (start !== this.#end) throw this.#broken(index, `it begins at tick ${start}, not ${this.#end}`);
    this.#end += ticks;
    this.longest = Math.max(this.longest, ticks);
    if (this.#run?.ticks === ticks) this.#run.count++;
    else {
      await this.#endRun();
      this.#run = { ticks, count: 1 };
    }
  }

  /** Same for timelines that say the same. To be asked when all segments have passed. */
  async close(): Promise<string> {
    await this.#endRun();
    return this.#hash.digest('hex');
  }

  /** S elements, piece by piece, after close(). */
  elements(): AsyncGenerator<string> {
    return this.#spool.read();
  }

  async discard(): Promise<void> {
    await this.#spool.discard();
  }

  async #endRun(): Promise<void> {
    if (!this.#run) return;
    const { ticks, count } = this.#run;
    const text = element(INDENT, 'S', [
      ['t', this.#isFirst ? 0 : null],
      ['d', ticks],
      ['r', count > 1 ? count - 1 : null],
    ]);
    this.#isFirst = false;
    this.#run = null;
    this.#hash.update(text);
    await this.#spool.write(text);
  }

  #broken(index: number, reason: string): MediactlError {
    const message = `segment ${index} of ${this.#rendition.name} does not follow the one before it`;
    return new MediactlError('grid-broken', message, { reason });
  }
}
