import {
  LOW_BUFFER_SECONDS,
  type PlaybackFacts,
  type PlaybackHappening,
  type PlaybackReport,
  type Quality,
} from '../model/playback.js';
import type { Failure, Player } from './player.js';

/** What was seen of a title while it was played in this page, and the reports of it. */
export class Session {
  readonly counts = { stalls: 0, switches: 0 };
  startupMilliseconds: number | null = null;
  shown: Quality | null = null;
  readonly #video: HTMLVideoElement;
  readonly #title: string;
  readonly #player: () => Player | null;
  readonly #report: (report: PlaybackReport) => void;
  readonly #id = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
  #number = 0;
  #beganAt = performance.now();
  #stalledAt: number | null = null;
  #isLow = false;
  #watched = 0;
  #lastPosition: number | null = null;
  #isOver = false;

  constructor(options: {
    readonly video: HTMLVideoElement;
    readonly title: string;
    readonly player: () => Player | null;
    readonly report: (report: PlaybackReport) => void;
  }) {
    this.#video = options.video;
    this.#title = options.title;
    this.#player = options.player;
    this.#report = options.report;
    const { video } = options;
    video.addEventListener('loadeddata', () => this.#started());
    video.addEventListener('waiting', () => this.#waits());
    video.addEventListener('playing', () => this.#goesOn());
    // Who pauses waits for nothing any more.
    video.addEventListener('pause', () => this.#goesOn());
    video.addEventListener('timeupdate', () => this.#moves());
    video.addEventListener('seeking', () => {
      this.#stalledAt = null;
      this.#lastPosition = null;
    });
    video.addEventListener('ended', () => {
      this.#sum('ended');
    });
    addEventListener('pagehide', () => {
      // The stall for which somebody leaves is the one to know of.
      this.#goesOn();
      if (this.startupMilliseconds !== null && !this.#isOver) this.#sum('left');
      this.#isOver = true;
    });
  }

  /** A title begins to load. */
  loads(): void {
    this.#beganAt = performance.now();
    this.startupMilliseconds = null;
    this.shown = null;
    this.counts.stalls = 0;
    this.counts.switches = 0;
    this.#watched = 0;
    this.#stalledAt = null;
    this.#isLow = false;
  }

  qualityShown(quality: Quality, automatic: boolean): void {
    const from = this.shown;
    if (from !== null && from.height === quality.height && from.bitrate === quality.bitrate) return;
    this.shown = quality;
    // The first rung is a beginning, and no switch.
    if (from !== null) this.counts.switches++;
    this.#tell({ event: 'quality_switch', from, to: quality, automatic });
  }

  failed({ code, message, fatal }: Failure): void {
    this.#tell({ event: 'error', code: code.slice(0, 100), message: message.slice(0, 1000), fatal });
  }

  /** Seconds that are loaded beyond the position. */
  bufferSeconds(): number {
    const { buffered, currentTime } = this.#video;
    for (let i = 0; i < buffered.length; i++) {
      if (buffered.start(i) <= currentTime + 0.1 && currentTime <= buffered.end(i))
        return buffered.end(i) - currentTime;
    }
    return 0;
  }

  /** To be called now and then. */
  look(): void {
    const { duration, currentTime, paused, seeking } = this.#video;
    if (this.startupMilliseconds === null || paused || seeking) return;
    const buffer = this.bufferSeconds();
    if (buffer > 2 * LOW_BUFFER_SECONDS) this.#isLow = false;
    const isNearEnd = Number.isFinite(duration) && currentTime + buffer > duration - 0.5;
    // A title needs a moment to fill its buffer.
    const isFilling = performance.now() - this.#beganAt - this.startupMilliseconds < FILLING_MS;
    if (this.#isLow || isNearEnd || isFilling || buffer >= LOW_BUFFER_SECONDS) return;
    this.#isLow = true;
    this.#tell({ event: 'low_buffer' });
  }

  #started(): void {
    if (this.startupMilliseconds !== null) return;
    this.startupMilliseconds = Math.round(performance.now() - this.#beganAt);
    this.#tell({ event: 'startup', milliseconds: this.startupMilliseconds });
  }

  #waits(): void {
    if (this.startupMilliseconds === null || this.#video.seeking || this.#video.ended) return;
    this.#stalledAt ??= performance.now();
  }

  #goesOn(): void {
    if (this.#stalledAt === null) return;
    const milliseconds = Math.round(performance.now() - this.#stalledAt);
    this.#stalledAt = null;
    // Browsers wait for a moment where nobody sees it.
    if (milliseconds < STALL_MS) return;
    this.counts.stalls++;
    this.#tell({ event: 'stall', milliseconds });
  }

  #moves(): void {
    const { currentTime, seeking } = this.#video;
    if (seeking) return;
    const passed = currentTime - (this.#lastPosition ?? currentTime);
    if (passed > 0 && passed < 2 * Math.max(1, this.#video.playbackRate)) this.#watched += passed;
    if (passed > 0) this.#goesOn();
    this.#lastPosition = currentTime;
  }

  #sum(event: 'ended' | 'left'): void {
    const { totalVideoFrames: frames, droppedVideoFrames: droppedFrames } = this.#video.getVideoPlaybackQuality();
    const watchedSeconds = Math.round(this.#watched * 1000) / 1000;
    this.#tell({
      event,
      watchedSeconds,
      stalls: this.counts.stalls,
      switches: this.counts.switches,
      frames,
      droppedFrames,
    });
  }

  #tell(happening: PlaybackHappening): void {
    const player = this.#player();
    if (player === null) return;
    const bandwidth = player.bandwidth();
    const facts: PlaybackFacts = {
      session: this.#id,
      number: this.#number++,
      title: this.#title.slice(0, 200),
      player: player.name,
      format: player.format,
      happened: new Date().toISOString(),
      position: rounded(this.#video.currentTime),
      bufferSeconds: rounded(this.bufferSeconds()),
      bandwidth: bandwidth === null ? null : Math.round(bandwidth),
    };
    this.#report({ ...facts, ...happening });
  }
}

const FILLING_MS = 5000;
const STALL_MS = 100;

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
