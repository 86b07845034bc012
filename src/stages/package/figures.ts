import type { Rational } from '../../model/rational.js';

const MICROS = 1_000_000;

/**
 * Adds exact durations and cuts the sum, not each part, to the microseconds that playlists print: whatever the frame
 * rate and however long the title, the sum of its EXTINF stays within half a microsecond of the media.
 */
export class PlaylistClock {
  #num = 0n;
  #den = 1n;
  /** Sum so far, microseconds. */
  micros = 0;

  /** Adds a duration in seconds; returns its length in whole microseconds. */
  advance(duration: Rational): number {
    const num = BigInt(duration.num);
    const den = BigInt(duration.den);
    // Renditions have one frame rate, so the denominator settles at once.
    const common = (this.#den / gcd(this.#den, den)) * den;
    this.#num = this.#num * (common / this.#den) + num * (common / den);
    this.#den = common;
    const before = this.micros;
    this.micros = Number((this.#num * BigInt(2 * MICROS) + this.#den) / (this.#den * 2n));
    return this.micros - before;
  }

  /** The exact sum, seconds. */
  get total(): Rational {
    const divisor = gcd(this.#num, this.#den);
    return { num: Number(this.#num / divisor), den: Number(this.#den / divisor) };
  }
}

/** Microseconds as EXTINF prints seconds: "6.006000". */
export function printSeconds(micros: number): string {
  return `${Math.floor(micros / MICROS)}.${String(micros % MICROS).padStart(6, '0')}`;
}

/** EXTINF rounded to whole seconds, as EXT-X-TARGETDURATION is compared with it (RFC 8216 4.3.3.1). */
export function roundedSeconds(micros: number): number {
  return Math.floor((micros + MICROS / 2) / MICROS);
}

export interface Rates {
  /** Bits per second. */
  readonly averageBitrate: number;
  readonly peakBitrate: number;
}

/**
 * Average and peak bit rate of a rendition, fed segment by segment; remembers only as many segments as fit in 1.5
 * target durations. Peak: the highest rate of any contiguous run of segments that lasts 0.5 to 1.5 × the target
 * duration (RFC 8216 4.1); a rendition too short for such a run: its largest segment.
 */
export class RateMeter {
  readonly #shortest: number;
  readonly #longest: number;
  readonly #recent: { bytes: number; micros: number }[] = [];
  #bytes = 0;
  #micros = 0;
  #peak = 0;
  #largest = { bytes: 0, micros: 0 };

  /** `targetSeconds`: EXT-X-TARGETDURATION. */
  constructor(targetSeconds: number) {
    this.#shortest = 0.5 * targetSeconds * MICROS;
    this.#longest = 1.5 * targetSeconds * MICROS;
  }

  add(bytes: number, micros: number): void {
    this.#bytes += bytes;
    this.#micros += micros;
    if (bytes > this.#largest.bytes) this.#largest = { bytes, micros };
    this.#recent.push({ bytes, micros });

    let runBytes = 0;
    let runMicros = 0;
    let first = this.#recent.length;
    while (first > 0) {
      const segment = this.#recent[first - 1];
      if (!segment || runMicros + segment.micros > this.#longest) break;
      runBytes += segment.bytes;
      runMicros += segment.micros;
      first--;
      if (runMicros >= this.#shortest) this.#peak = Math.max(this.#peak, bitrate(runBytes, runMicros));
    }
    this.#recent.splice(0, first);
  }

  get rates(): Rates {
    const averageBitrate = bitrate(this.#bytes, this.#micros);
    const peak = this.#peak || bitrate(this.#largest.bytes, this.#largest.micros);
    return { averageBitrate, peakBitrate: Math.max(peak, averageBitrate) };
  }
}

function bitrate(bytes: number, micros: number): number {
  return micros === 0 ? 0 : Math.ceil((bytes * 8 * MICROS) / micros);
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
