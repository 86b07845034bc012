import type { InputEvent, KeptEvent, RetryEvent, StartEvent, SummaryEvent } from '../model/events.js';
import type { Warning } from '../model/media.js';
import { printable, shellCommand } from '../model/text.js';
import { count, formatBytes, formatLength, formatWait } from './format.js';
import type { Sizes } from './result-text.js';
import type { Style } from './style.js';

/** "movie.mp4 → out: 5 renditions, 2:00", and what an earlier run already did of it. */
export function describeStart(start: StartEvent, style: Style): string {
  const length = start.expectedSeconds === null ? 'length unknown' : formatLength(start.expectedSeconds);
  const what = `${count(start.renditions.length, 'rendition')}, ${length}`;
  const done = Math.min(...start.renditions.map(({ doneSeconds }) => doneSeconds));
  const some = done > 0 && Number.isFinite(done);
  const kept = some
    ? `; kept ${formatKept(done, start.expectedSeconds)}`
    : start.resumed
      ? '; no chunk of the interrupted run was finished in every rendition'
      : '';
  return `${printable(start.input)} ${style.glyphs.arrow} ${printable(start.output)}: ${what}${kept}`;
}

/** "kept 0:12 of 0:30 for the next run: 41.3 MB in /titles/.movie.mediactl (mediactl rm … removes it)" */
export function describeKept({ folder, bytes, seconds, expectedSeconds }: KeptEvent): string {
  const where = `${formatBytes(bytes)} in ${printable(folder)} (${shellCommand(['mediactl', 'rm', folder])} removes it)`;
  if (seconds === null) return `unfinished work of other runs is kept: ${where}`;
  return seconds > 0
    ? `kept ${formatKept(seconds, expectedSeconds)} for the next run: ${where}`
    : `no chunk is finished in every rendition yet; kept for the next run: ${where}`;
}

function formatKept(seconds: number, ofSeconds: number | null): string {
  return ofSeconds === null ? formatLength(seconds) : `${formatLength(seconds)} of ${formatLength(ofSeconds)}`;
}

/** "2 of 3: b.mp4" */
export function describeInput({ index, count: all, input }: InputEvent): string {
  return `${index + 1} of ${all}: ${printable(input)}`;
}

/** "3 inputs: 2 made, 1 failed", and which. */
export function describeSummary({ titles, notBegun }: SummaryEvent): string {
  const failed = titles.filter(({ exitCode }) => exitCode !== 0);
  const parts = [
    `${titles.length - failed.length} made`,
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(notBegun.length > 0 ? [`${notBegun.length} not started`] : []),
  ];
  const lines = failed.map(({ input, code, exitCode }) => `  ${printable(input)}: ${code} (${exitCode})`);
  return [`${count(titles.length + notBegun.length, 'input')}: ${parts.join(', ')}`, ...lines].join('\n');
}

/** Pixel sizes of the video renditions by id. */
export function collectSizes(start: StartEvent | null): Sizes {
  return new Map(
    (start?.renditions ?? []).flatMap(({ id, width, height }) =>
      width === null || height === null ? [] : [[id, { width, height }] as const],
    ),
  );
}

/**
 * That a bucket keeps a run waiting: of each request from the second time on, now and then; each time when `verbose`.
 * Single failures are everyday.
 */
export class RetryFilter {
  readonly #verbose: boolean;
  readonly #now: () => number;
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor({ verbose, now }: { readonly verbose: boolean; readonly now: () => number }) {
    this.#verbose = verbose;
    this.#now = now;
  }

  /** What to say; null: nothing. */
  text({ path, attempt, waitSeconds, reason }: RetryEvent): string | null {
    const isDue = attempt > 1 && this.#now() - this.#saidMs >= RETRY_MS;
    // A long wait is worth a word the first time.
    if (!this.#verbose && !isDue && waitSeconds < RETRY_MS / 1000) return null;
    this.#saidMs = this.#now();
    const what = path === '' ? 'the bucket' : printable(path);
    const tried = attempt === 1 ? 'once' : `${attempt} times`;
    return `no usable answer for ${what}: ${printable(reason)}; tried ${tried}, trying again in ${formatWait(waitSeconds)}`;
  }
}

const RETRY_MS = 10_000;

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
