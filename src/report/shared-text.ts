import type { StartEvent } from '../model/events.js';
import type { Warning } from '../model/media.js';
import { printable } from '../model/text.js';
import { count, formatClock, formatPercent } from './format.js';
import type { Sizes } from './result-text.js';
import type { Style } from './style.js';

/** "movie.mp4 → out: 5 renditions, 2:00", and what an earlier run already did of it. */
export function describeStart(start: StartEvent, style: Style): string {
  const length = start.expectedSeconds === null ? 'length unknown' : formatClock(start.expectedSeconds);
  const what = `${count(start.renditions.length, 'rendition')}, ${length}`;
  const done = Math.min(...start.renditions.map(({ doneSeconds }) => doneSeconds));
  const share = start.expectedSeconds ? ` (${formatPercent(done / start.expectedSeconds)})` : '';
  const resumed = done > 0 && Number.isFinite(done) ? `; going on at ${formatClock(done)}${share}` : '';
  return `${printable(start.input)} ${style.glyphs.arrow} ${printable(start.output)}: ${what}${resumed}`;
}

/** Pixel sizes of the video renditions by id. */
export function collectSizes(start: StartEvent | null): Sizes {
  return new Map(
    (start?.renditions ?? []).flatMap(({ id, width, height }) =>
      width === null || height === null ? [] : [[id, { width, height }] as const],
    ),
  );
}

/** A warning is said once on the way, however often it comes; holds a bounded number of them. */
export class WarningFilter {
  readonly #seen = new Set<string>();

  isNew(warning: Warning): boolean {
    const key = `${warning.code}\n${warning.message}`;
    if (this.#seen.has(key) || this.#seen.size >= 1000) return false;
    this.#seen.add(key);
    return true;
  }
}
