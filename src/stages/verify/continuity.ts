import type { CounterRun } from '../../tools/mpegts/packets.js';
import type { TransportScan } from '../../tools/mpegts/scan.js';
import type { Findings } from './findings.js';
import type { SizedSegment } from './segments.js';

export const TICKS_PER_MICRO = 0.09;

const AAC_FRAME = 1024;
const PTS_MODULUS = 2 ** 33;

/**
 * Checks that each segment starts where the last one ended, by its own clock, that its continuity counters go on from there
 * (RFC 8216 3), and that it lasts as long as the playlist says.
 */
export class ContinuityCheck {
  #expected: number | null = null;
  /** By PID: the last of the segment before. */
  #counters: ReadonlyMap<number, CounterRun> = new Map();
  readonly #playlist: string;
  readonly #findings: Findings;

  constructor(playlist: string, findings: Findings) {
    this.#playlist = playlist;
    this.#findings = findings;
  }

  /** `scan`: null where the segment could not be read; the one after it is then taken as it is. */
  next(segment: SizedSegment, scan: TransportScan | null): void {
    this.#checkCounters(segment, scan);
    const audio = scan?.audio;
    const start = scan?.video?.firstPts ?? audio?.firstPts;
    if (start === undefined) {
      this.#expected = null;
      return;
    }
    const expected = segment.discontinuity ? null : this.#expected;
    if (expected !== null && ticksApart(start, expected) > 1.5) {
      const late = ((start - expected) / 90).toFixed(1);
      this.#findings.error(segment.path, 'time-gap', `it starts ${late} ms off the end of the segment before it`);
    }
    const ticks = segment.micros * TICKS_PER_MICRO;
    if (audio) {
      const played = (audio.frames * AAC_FRAME * 90_000) / audio.sampleRate;
      if (Math.abs(played - ticks) > 1) {
        const seconds = `${segment.micros / 1e6} s, it holds ${(played / 90_000).toFixed(6)} s`;
        this.#findings.error(segment.path, 'duration-wrong', `${this.#playlist} says ${seconds}`);
      }
    }
    this.#expected = (start + ticks) % PTS_MODULUS;
  }

  #checkCounters({ path, discontinuity }: SizedSegment, scan: TransportScan | null): void {
    for (const [pid, { first }] of discontinuity ? [] : (scan?.counters ?? [])) {
      const before = this.#counters.get(pid);
      if (before && first !== ((before.last + 1) & 0xf)) {
        const jump = `begins at ${first} after ${before.last}`;
        this.#findings.error(path, 'counter-gap', `the continuity counter of PID ${pid} ${jump}`);
      }
    }
    this.#counters = scan?.counters ?? new Map();
  }
}

/** Between two times of 33 bits, whichever comes first. */
export function ticksApart(a: number, b: number): number {
  const apart = Math.abs(a - b) % PTS_MODULUS;
  return Math.min(apart, PTS_MODULUS - apart);
}
