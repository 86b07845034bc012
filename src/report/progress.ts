import type { ProgressEvent, SegmentEvent, StartedRendition, StartEvent } from '../model/events.js';

/** One rendition on its way. */
export interface RenditionProgress {
  readonly name: string;
  readonly kind: StartedRendition['kind'];
  /** Share of the whole work: its pixels; audio takes hardly any. */
  readonly weight: number;
  /** Position on the title's timeline, seconds. */
  seconds: number;
  fps: number | null;
  speed: number | null;
  /** Closed segments of this run. */
  bytes: number;
  mediaSeconds: number;
  /** When it first had a pace, milliseconds; null: not yet. */
  movingSinceMs: number | null;
  /** It has had a pace for so long that an ETA means something. */
  isSettled: boolean;
}

/** What one line shows; null: not known (yet). */
export interface Figures {
  readonly fraction: number | null;
  readonly seconds: number;
  readonly fps: number | null;
  readonly speed: number | null;
  readonly etaSeconds: number | null;
  /** Average of the closed segments, bits per second. */
  readonly bitrate: number | null;
}

const WINDOW_MS = 30_000;
const SAMPLE_MS = 500;
/** So long nothing is said about the pace. */
const SETTLE_MS = 2000;
const AUDIO_WEIGHT = 20_000;

/** Sums events up into the figures of each rendition and of the whole. Holds a bounded amount whatever the length. */
export class Progress {
  readonly expectedSeconds: number | null;
  readonly renditions: ReadonlyMap<string, RenditionProgress>;
  readonly #startedMs: number;
  #isMoving = false;
  readonly #samples: { ms: number; done: number }[] = [];

  /** @param nowMs any monotonic or wall clock in milliseconds, the same for all calls. */
  constructor(start: StartEvent, nowMs: number) {
    this.expectedSeconds = start.expectedSeconds !== null && start.expectedSeconds > 0 ? start.expectedSeconds : null;
    this.renditions = new Map(
      start.renditions.map((rendition) => [
        rendition.id,
        {
          name: rendition.name,
          kind: rendition.kind,
          weight: weightOf(rendition),
          seconds: rendition.doneSeconds,
          fps: null,
          speed: null,
          bytes: 0,
          mediaSeconds: 0,
          movingSinceMs: null,
          isSettled: false,
        },
      ]),
    );
    this.#startedMs = nowMs;
    this.#samples.push({ ms: nowMs, done: this.#done() });
  }

  update(event: ProgressEvent, nowMs: number): void {
    const rendition = this.renditions.get(event.rendition);
    if (!rendition) return;
    // Encoders report late and out of step: a line never moves backwards.
    rendition.seconds = Math.max(rendition.seconds, event.seconds);
    rendition.fps = rendition.kind === 'video' ? event.fps : null;
    rendition.speed = event.speed;
    if (event.speed !== null) rendition.movingSinceMs ??= nowMs;
    rendition.isSettled = rendition.movingSinceMs !== null && nowMs - rendition.movingSinceMs >= SETTLE_MS;
    // The clock of the whole starts with the pictures: starting FFmpeg and finding its place is not its pace.
    if (!this.#isMoving && event.speed !== null && (rendition.kind === 'video' || !this.#hasVideo())) {
      this.#isMoving = true;
      this.#samples.length = 0;
    }
    this.#sample(nowMs);
  }

  segment(event: SegmentEvent): void {
    const rendition = this.renditions.get(event.rendition);
    if (!rendition) return;
    rendition.seconds = Math.max(rendition.seconds, event.start + event.duration);
    rendition.bytes += event.bytes;
    rendition.mediaSeconds += event.duration;
  }

  /** One rendition, or several drawn as one: the slowest decides how far they are. */
  figures(ids: readonly string[]): Figures {
    const group = ids.flatMap((id) => this.renditions.get(id) ?? []);
    const slowest = group.reduce((a, b) => (b.seconds < a.seconds ? b : a), group[0] ?? EMPTY);
    const left = this.expectedSeconds === null ? null : Math.max(0, this.expectedSeconds - slowest.seconds);
    const rates = group.filter(({ mediaSeconds }) => mediaSeconds > 0).map((r) => (r.bytes * 8) / r.mediaSeconds);
    return {
      fraction: this.#fraction(slowest),
      seconds: slowest.seconds,
      fps: slowest.fps,
      speed: slowest.speed,
      etaSeconds: left === 0 ? 0 : left !== null && slowest.isSettled && slowest.speed ? left / slowest.speed : null,
      bitrate: rates.length === 0 ? null : rates.reduce((a, b) => a + b, 0),
    };
  }

  /** The whole title, weighted by work. Speed and ETA are of the last half minute, so that a pause is forgotten. */
  total(nowMs: number): Figures {
    const everything = this.figures([...this.renditions.keys()]);
    if (this.expectedSeconds === null) {
      return { ...everything, fps: null, etaSeconds: null };
    }
    this.#sample(nowMs);
    const done = this.#done();
    const since = this.#samples[0] ?? { ms: this.#startedMs, done: 0 };
    const perSecond = (done - since.done) / ((nowMs - since.ms) / 1000);
    const known = this.#isMoving && perSecond > 0 && nowMs - since.ms >= SETTLE_MS;
    return {
      ...everything,
      fraction: done,
      fps: null,
      speed: known ? perSecond * this.expectedSeconds : null,
      etaSeconds: done >= 1 ? 0 : known ? (1 - done) / perSecond : null,
    };
  }

  elapsedSeconds(nowMs: number): number {
    return (nowMs - this.#startedMs) / 1000;
  }

  #sample(nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last && nowMs - last.ms < SAMPLE_MS) return;
    this.#samples.push({ ms: nowMs, done: this.#done() });
    while (this.#samples.length > 2 && nowMs - (this.#samples[0]?.ms ?? nowMs) > WINDOW_MS) this.#samples.shift();
  }

  #hasVideo(): boolean {
    return [...this.renditions.values()].some(({ kind }) => kind === 'video');
  }

  #done(): number {
    let [done, all] = [0, 0];
    for (const rendition of this.renditions.values()) {
      done += (this.#fraction(rendition) ?? 0) * rendition.weight;
      all += rendition.weight;
    }
    return all === 0 ? 0 : done / all;
  }

  #fraction(rendition: RenditionProgress): number | null {
    return this.expectedSeconds === null ? null : Math.min(1, rendition.seconds / this.expectedSeconds);
  }
}

function weightOf(rendition: StartedRendition): number {
  switch (rendition.kind) {
    case 'video':
      return rendition.width * rendition.height;
    case 'audio':
      return AUDIO_WEIGHT;
  }
}

const EMPTY: RenditionProgress = {
  name: '',
  kind: 'audio',
  weight: 0,
  seconds: 0,
  fps: null,
  speed: null,
  bytes: 0,
  mediaSeconds: 0,
  movingSinceMs: null,
  isSettled: false,
};
