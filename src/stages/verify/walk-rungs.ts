import type { SizeLookup } from './file-sizes.js';
import type { Title } from './read-title.js';
import type { Rung } from './rungs.js';
import { listSegments, sized, sizeSegments, type ListedSegment, type SizedSegment } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';

/** One segment of a rung, and what its I-frame playlists have in it. */
export interface RungStep {
  readonly rung: Rung;
  /** Null: I-frames are left that are in no segment of the rung, or not in the order of its segments. */
  readonly segment: SizedSegment | null;
  /** In the order of `rung.iframes`. */
  readonly iframes: readonly IframeStep[];
}

export interface IframeStep {
  readonly media: TitlePlaylist;
  readonly entries: readonly SizedSegment[];
}

/** Goes through all rungs side by side, one segment of each at a time; of a rung that has ended there is no step. */
export async function* walkRungs(
  title: Title,
  rungs: readonly Rung[],
  sizeOf: SizeLookup,
): AsyncGenerator<readonly RungStep[]> {
  const walks = rungs.map((rung) => new RungWalk(title, rung, sizeOf));
  try {
    for (;;) {
      const steps: RungStep[] = [];
      for (const walk of walks) {
        const step = await walk.next();
        if (step) steps.push(step);
      }
      if (steps.length === 0) return;
      yield steps;
    }
  } finally {
    for (const walk of walks) await walk.close();
  }
}

class RungWalk {
  readonly #rung: Rung;
  readonly #sizeOf: SizeLookup;
  readonly #segments: Cursor<SizedSegment>;
  readonly #iframes: readonly { readonly media: TitlePlaylist; readonly cursor: Cursor<ListedSegment> }[];

  constructor({ folder }: Title, rung: Rung, sizeOf: SizeLookup) {
    this.#rung = rung;
    this.#sizeOf = sizeOf;
    this.#segments = new Cursor(sizeSegments(listSegments(folder, rung.media), sizeOf));
    this.#iframes = rung.iframes.map((media) => ({ media, cursor: new Cursor(listSegments(folder, media)) }));
  }

  async next(): Promise<RungStep | null> {
    const rung = this.#rung;
    const segment = await this.#segments.peek();
    if (segment === null) return this.#leftOver();
    this.#segments.take();
    const iframes: IframeStep[] = [];
    for (const { media, cursor } of this.#iframes) {
      const entries: SizedSegment[] = [];
      for (let entry = await cursor.peek(); entry && isIn(segment, entry); entry = await cursor.peek()) {
        entries.push(sized(entry, segment.fileBytes));
        cursor.take();
      }
      iframes.push({ media, entries });
    }
    return { rung, segment, iframes };
  }

  async #leftOver(): Promise<RungStep | null> {
    for (const { media, cursor } of this.#iframes) {
      const entry = await cursor.peek();
      if (!entry) continue;
      cursor.take();
      const fileBytes = entry.path === '' ? 0 : ((await this.#sizeOf(entry.path)) ?? 0);
      return { rung: this.#rung, segment: null, iframes: [{ media, entries: [sized(entry, fileBytes)] }] };
    }
    return null;
  }

  async close(): Promise<void> {
    await this.#segments.close();
    for (const { cursor } of this.#iframes) await cursor.close();
  }
}

function isIn(segment: ListedSegment, iframe: ListedSegment): boolean {
  if (iframe.path !== segment.path) return false;
  const { range } = segment;
  return range === null || iframe.range === null || iframe.range.offset < range.offset + range.bytes;
}

/** Looks one item ahead, in what comes in batches. */
class Cursor<T> {
  readonly #batches: AsyncIterator<readonly T[]>;
  #batch: readonly T[] = [];
  #at = 0;
  #ended = false;

  constructor(batches: AsyncIterator<readonly T[]>) {
    this.#batches = batches;
  }

  /** The item at hand, until it is taken; null: there is none any more. */
  async peek(): Promise<T | null> {
    while (this.#at === this.#batch.length && !this.#ended) {
      const result = await this.#batches.next();
      this.#ended = result.done === true;
      this.#batch = result.done === true ? [] : result.value;
      this.#at = 0;
    }
    return this.#batch[this.#at] ?? null;
  }

  take(): void {
    this.#at++;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
