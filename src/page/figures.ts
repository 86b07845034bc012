import { LOW_BUFFER_SECONDS, type PlaybackReport } from '../model/playback.js';
import { element, make } from './elements.js';
import { Graph } from './graph.js';
import { megabits, qualityLabel, type Player } from './player.js';
import type { Session } from './session.js';

const EVERY_MS = 500;
const EVENTS = 50;

/** The figures of the playback beside it: numbers, the graph, the events. */
export class Figures {
  readonly #video: HTMLVideoElement;
  readonly #session: Session;
  readonly #player: () => Player | null;
  readonly #graph = new Graph(element('graph', HTMLCanvasElement));
  readonly #values = new Map<string, HTMLElement>();

  constructor(video: HTMLVideoElement, session: Session, player: () => Player | null) {
    this.#video = video;
    this.#session = session;
    this.#player = player;
    const list = element('numbers', HTMLDListElement);
    for (const name of Object.keys(this.#figures())) {
      const value = make('dd', '');
      this.#values.set(name, value);
      const entry = document.createElement('div');
      entry.append(make('dt', name), value);
      list.append(entry);
    }
    setInterval(() => this.#look(), EVERY_MS);
    this.#look();
  }

  /** Shows an event in the list, the newest first. */
  tell(report: PlaybackReport): void {
    const list = element('events', HTMLOListElement);
    const isBad = report.event === 'stall' || report.event === 'error' || report.event === 'low_buffer';
    list.prepend(make('li', `${clock(report.position)}  ${eventText(report)}`, isBad ? 'bad' : ''));
    while (list.children.length > EVENTS) list.lastElementChild?.remove();
  }

  #look(): void {
    this.#session.look();
    const figures = this.#figures();
    for (const [name, text] of Object.entries(figures)) {
      const value = this.#values.get(name);
      if (value !== undefined && value.textContent !== text) value.textContent = text;
    }
    if (!this.#video.paused) {
      this.#graph.add({
        quality: this.#session.shown?.bitrate ?? null,
        bandwidth: this.#player()?.bandwidth() ?? null,
        bufferSeconds: this.#session.bufferSeconds(),
      });
    }
    this.#graph.draw();
  }

  #figures(): Readonly<Record<string, string>> {
    const { shown, counts, startupMilliseconds } = this.#session;
    const { totalVideoFrames, droppedVideoFrames } = this.#video.getVideoPlaybackQuality();
    const bandwidth = this.#player()?.bandwidth() ?? null;
    return {
      Quality: shown === null ? '–' : qualityLabel(shown),
      'On screen': this.#video.videoWidth === 0 ? '–' : `${this.#video.videoWidth} × ${this.#video.videoHeight}`,
      Buffer: `${this.#session.bufferSeconds().toFixed(1)} s`,
      Bandwidth: bandwidth === null ? '–' : megabits(bandwidth),
      'Start-up': startupMilliseconds === null ? '–' : `${(startupMilliseconds / 1000).toFixed(2)} s`,
      Switches: String(counts.switches),
      Stalls: String(counts.stalls),
      'Dropped frames': `${droppedVideoFrames} of ${totalVideoFrames}`,
    };
  }
}

function eventText(report: PlaybackReport): string {
  switch (report.event) {
    case 'startup':
      return `first frame after ${(report.milliseconds / 1000).toFixed(2)} s`;
    case 'quality_switch':
      return `${report.from === null ? 'begins with' : 'switch to'} ${qualityLabel(report.to)}${report.automatic ? '' : ' (chosen)'}`;
    case 'low_buffer':
      return `less than ${LOW_BUFFER_SECONDS} s loaded`;
    case 'stall':
      return `stood still for ${(report.milliseconds / 1000).toFixed(2)} s`;
    case 'error':
      return `${report.fatal ? 'failed' : 'error'}: ${report.code}`;
    case 'ended':
      return 'the end';
    case 'left':
      return 'left';
  }
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
