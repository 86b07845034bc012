import { chunkStart, type Span } from '../../model/chunk.js';
import type { VideoRendition } from '../../model/rendition.js';

/** One chunk of the rungs that are encoded by the same processes. */
export interface ChunkJob {
  readonly rungs: readonly VideoRendition[];
  readonly first: number;
  readonly end: number;
  /** Aborts when it turned out that the title ends before this chunk. */
  readonly beyondEnd: AbortController;
}

export interface ChunkQueueOptions {
  /** What is to be made of each rung: whole chunks. */
  readonly spans: readonly Span[];
  /** Rungs in groups that share their processes. */
  readonly passes: readonly (readonly VideoRendition[])[];
  /** Segments of a chunk. */
  readonly length: number;
  /** Segments that the title has by its headers; null: they do not say. */
  readonly expectedSegments: number | null;
}

/**
 * Hands out chunks in the title's order, of each all passes. Where the title ends is known when a chunk comes out short:
 * until then the chunks that headers promise are handed out ahead, and each one after that only when the one before it
 * was whole.
 */
export class ChunkQueue {
  readonly #options: ChunkQueueOptions;
  readonly #jobs: Iterator<ChunkJob, undefined>;
  /** Handed out, or about to be, and not finished. */
  readonly #open = new Set<ChunkJob>();
  /** First segment of the chunk in which the title ends, when known. */
  #lastChunk = Infinity;
  #changed: () => void = () => {};
  #change: Promise<void> = Promise.resolve();

  constructor(options: ChunkQueueOptions) {
    this.#options = options;
    this.#jobs = this.#enumerate();
    this.#renew();
  }

  /** The next chunk to make; null when there is none left. May wait for a chunk that is under way. */
  async next(): Promise<ChunkJob | null> {
    const { value: job } = this.#jobs.next();
    if (!job) return null;
    const { expectedSegments } = this.#options;
    this.#open.add(job);
    const isPromised = expectedSegments === null || job.first < expectedSegments;
    // Chunks before this one may show that the title ends there.
    while (!isPromised && job.first <= this.#lastChunk && this.#isWaitingFor(job)) await this.#change;
    if (job.first <= this.#lastChunk) return job;
    this.#open.delete(job);
    this.#renew();
    return null;
  }

  /** The job is done; `whole`: it came to its end, so that the title may go on after it. */
  finished(job: ChunkJob, whole: boolean): void {
    this.#open.delete(job);
    if (!whole) {
      this.#lastChunk = Math.min(this.#lastChunk, job.first);
      for (const other of this.#open) if (other.first > this.#lastChunk) other.beyondEnd.abort();
    }
    this.#renew();
  }

  #isWaitingFor({ first }: ChunkJob): boolean {
    return [...this.#open].some((other) => other.first < first);
  }

  #renew(): void {
    this.#changed();
    this.#change = new Promise((resolve) => (this.#changed = resolve));
  }

  *#enumerate(): Generator<ChunkJob, undefined> {
    const { spans, passes, length } = this.#options;
    const last = Math.max(0, ...spans.map(({ end }) => end ?? Infinity));
    const first = Math.min(...spans.map((span) => chunkStart(span.first, length)));
    for (let at = first; at < last; at += length) {
      for (const pass of passes) {
        const rungs = pass.filter(({ id }) => spans.some((span) => span.rendition.id === id && contains(span, at)));
        if (rungs.length > 0) yield { rungs, first: at, end: at + length, beyondEnd: new AbortController() };
      }
    }
  }
}

function contains({ first, end }: Span, index: number): boolean {
  return first <= index && (end === null || index < end);
}
