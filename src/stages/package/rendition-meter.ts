import { MediactlError } from '../../errors.js';
import type { AudioMeasure, RenditionMeasure, Segment, VideoMeasure } from '../../model/artifact.js';
import type { Rendition } from '../../model/rendition.js';
import { PlaylistClock, RateMeter, roundedSeconds } from './figures.js';
import type { TimedSegment } from './manifest-writer.js';

/** Measures a rendition while its segments pass by in order, and checks that each is in its place. */
export class RenditionMeter {
  readonly #rendition: Rendition;
  readonly #targetSeconds: number;
  readonly #clock = new PlaylistClock();
  readonly #rate: RateMeter;
  readonly #keyframeRate: RateMeter;
  #segments = 0;
  #frames = 0;
  #bytes = 0;
  #longestMicros = 0;
  #keyframes = 0;

  /** `targetSeconds`: see targetDuration. */
  constructor(rendition: Rendition, targetSeconds: number) {
    this.#rendition = rendition;
    this.#targetSeconds = targetSeconds;
    this.#rate = new RateMeter(targetSeconds);
    this.#keyframeRate = new RateMeter(targetSeconds);
  }

  /**
   * Throws MediactlError('grid-broken') for a gap before the segment, for one longer than the target duration, and for
   * one of video that does not begin with a keyframe.
   */
  add(segment: Segment): TimedSegment {
    this.#checkPlace(segment);
    const micros = this.#clock.advance(segment.duration);
    if (roundedSeconds(micros) > this.#targetSeconds) {
      throw new MediactlError('grid-broken', `segment ${segment.index} of ${this.#rendition.name} is too long`, {
        reason: `it lasts ${micros / 1e6} s, and the title's target duration is ${this.#targetSeconds} s`,
      });
    }
    const keyframeMicros = keyframeLengths(segment, this.#rendition.timescale, micros);
    this.#rate.add(segment.bytes, micros);
    for (const [i, { bytes }] of segment.keyframes.entries()) this.#keyframeRate.add(bytes, keyframeMicros[i] ?? 0);
    this.#segments++;
    this.#frames += segment.frames;
    this.#bytes += segment.bytes;
    this.#longestMicros = Math.max(this.#longestMicros, micros);
    this.#keyframes += segment.keyframes.length;
    return { segment, micros, keyframeMicros };
  }

  /** `codecs`: RFC 6381. Throws MediactlError('grid-broken') when there was no segment. */
  measure(codecs: string): RenditionMeasure {
    const rendition = this.#rendition;
    if (this.#segments === 0) throw new MediactlError('grid-broken', `${rendition.name} has no segment`);
    const figures: Figures = {
      id: rendition.id,
      name: rendition.name,
      container: rendition.container,
      codecs,
      segments: this.#segments,
      frames: this.#frames,
      bytes: this.#bytes,
      duration: this.#clock.total,
      longestSegmentSeconds: this.#longestMicros / 1e6,
      ...this.#rate.rates,
    };
    switch (rendition.kind) {
      case 'video': {
        const { kind, width, height } = rendition;
        return { ...figures, kind, width, height, iframes: { count: this.#keyframes, ...this.#keyframeRate.rates } };
      }
      case 'audio':
        return { ...figures, kind: 'audio', width: null, height: null, iframes: null };
    }
  }

  #checkPlace({ index, keyframes, start }: Segment): void {
    const { kind, name } = this.#rendition;
    if (index !== this.#segments) {
      throw new MediactlError('grid-broken', `segment ${this.#segments} of ${name} is missing`, {
        reason: `segment ${index} comes in its place`,
      });
    }
    switch (kind) {
      case 'video':
        if (keyframes[0]?.time === start) return;
        throw new MediactlError('grid-broken', `segment ${index} of ${name} does not begin with a keyframe`);
      case 'audio':
    }
  }
}

type Figures = Omit<VideoMeasure, 'kind' | 'width' | 'height' | 'iframes'> &
  Omit<AudioMeasure, 'kind' | 'width' | 'height' | 'iframes'>;

/** The last keyframe lasts to the end of the segment, where the grid has the next one; the sum is the segment's length. */
function keyframeLengths({ keyframes, start }: Segment, timescale: number, micros: number): number[] {
  const starts = keyframes.map(({ time }) => Math.round(((time - start) * 1e6) / timescale));
  return starts.map((at, i) => (starts[i + 1] ?? micros) - at);
}
