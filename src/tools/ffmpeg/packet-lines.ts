import type { PacketFault, VideoPackets } from '../../model/copy.js';
import { toNumber, type Rational } from '../../model/rational.js';

/** Which of the four outputs of one FFmpeg run (see read-video-packets.ts) a line is of. */
export type PacketOutput = 'packets' | 'idr' | 'inBand' | 'header';

/** A picture this far off its place at a constant rate is not where the other rungs have it. Frames. */
const OFF_PLACE = 0.25;

/** FFmpeg's AV_PKT_FLAG_…. */
const [KEY, CORRUPT, DISCARD] = [1, 2, 4] as const;

export interface PacketsRead {
  readonly startSeconds: number;
  readonly level: number | null;
  readonly hasErrors: boolean;
}

interface Shown {
  readonly frame: number;
  readonly bytes: number;
  readonly dts: number;
  readonly isKey: boolean;
}

/**
 * Puts together what FFmpeg's framecrc muxer writes of a video track's packets. Each output comes in the order of decoding;
 * they may come in any order beside each other. `rate`: frames a second of the title.
 */
export class PacketLines {
  readonly #rate: number;
  readonly #units: Record<PacketOutput, number> = { packets: 0, idr: 0, inBand: 0, header: 0 };
  readonly #shown: Shown[] = [];
  readonly #idr = new Set<number>();
  readonly #inBand: (readonly [at: number, sum: string])[] = [];
  readonly #header = new Set<string>();
  readonly #faults = new Map<PacketFault['code'], PacketFault>();
  /** Time of the first packet, which is the first that is shown where nothing is wrong; seconds. */
  #start: number | null = null;

  constructor(rate: Rational) {
    this.#rate = toNumber(rate);
  }

  /** A line of an output: "0, -1024, 0, 512, 4034, 0xb5ac8306, F=0x0", or one that says what the output is. */
  add(output: PacketOutput, line: string): void {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line);
    if (base) this.#units[output] = Number(base[1]) / Number(base[2]);
    const [, dts, pts, bytes, sum = '', flags] = PACKET.exec(line) ?? [];
    if (dts === undefined) return;
    const unit = this.#units[output];
    const key = Math.round(Number(dts) * unit * 1e6);
    switch (output) {
      case 'packets':
        return this.#packet(Number(pts) * unit, key, Number(bytes), flags === undefined ? KEY : Number(flags));
      case 'idr':
        this.#idr.add(key);
        return;
      case 'inBand':
        this.#inBand.push([Number(pts) * unit, sum]);
        return;
      case 'header':
        this.#header.add(sum);
    }
  }

  /** `startSeconds`: what FFmpeg takes off every timestamp. `hasErrors`: it found fault with packets. Null: there is none. */
  finish({ startSeconds, level, hasErrors }: PacketsRead): VideoPackets | null {
    if (this.#start === null) return null;
    if (hasErrors) this.#fault('damaged', 0, 'FFmpeg reports errors in its packets');
    this.#checkParameterSets();
    const { keyframes, keyframeBytes } = this.#groups();
    const sorted = this.#shown.map(({ frame }) => frame).toSorted((a, b) => a - b);
    const wrong = sorted.findIndex((frame, i) => frame !== i);
    if (wrong >= 0) this.#fault('frame-times', wrong, whyWrong(sorted[wrong] ?? 0, wrong));
    const reorder = this.#shown.reduce((most, { frame }, i) => Math.max(most, i - frame), 0);
    return {
      startSeconds: this.#start + startSeconds,
      frames: this.#shown.length,
      keyframes,
      keyframeBytes,
      reorder,
      clock: 1 / this.#units.packets,
      level,
      faults: [...this.#faults.values()].toSorted((a, b) => a.at - b.at),
    };
  }

  #packet(seconds: number, dts: number, bytes: number, flags: number): void {
    const isHidden = (flags & DISCARD) !== 0;
    if (!isHidden) this.#start ??= seconds;
    const place = this.#start === null ? 0 : (seconds - this.#start) * this.#rate;
    const frame = Math.round(place);
    if (isHidden) return this.#fault('hidden-frames', frame, 'an edit list hides frames of the video');
    if ((flags & CORRUPT) !== 0) this.#fault('damaged', frame, 'a packet is damaged');
    if (Math.abs(place - frame) > OFF_PLACE) {
      const off = Math.abs(Math.round(((place - frame) / this.#rate) * 1000));
      this.#fault('frame-times', frame, `a frame is ${off} ms off its place at a constant rate`);
    }
    this.#shown.push({ frame, bytes, dts, isKey: (flags & KEY) !== 0 });
  }

  #groups(): { keyframes: number[]; keyframeBytes: number[] } {
    const keyframes: number[] = [];
    const keyframeBytes: number[] = [];
    let bytes = 0;
    for (const { frame, dts, isKey, bytes: own } of this.#shown) {
      const isIdr = this.#idr.has(dts);
      if (isKey && !isIdr) {
        this.#fault(
          'open-gop',
          frame,
          'a keyframe is no IDR frame: what follows it may need what is before it (open GOP)',
        );
      }
      if (isIdr) {
        if (keyframes.length > 0) keyframeBytes.push(bytes);
        keyframes.push(frame);
        bytes = 0;
      }
      bytes += own;
    }
    if (keyframes.length > 0) keyframeBytes.push(bytes);
    return { keyframes, keyframeBytes };
  }

  #checkParameterSets(): void {
    const [first] = this.#header;
    const other = this.#inBand.find(([, sum]) => sum !== first);
    if (!other) return;
    const frame = Math.round((other[0] - (this.#start ?? 0)) * this.#rate);
    this.#fault('parameter-sets', frame, 'its parameter sets (SPS, PPS) are not those of its header');
  }

  #fault(code: PacketFault['code'], frame: number, message: string): void {
    const at = Math.max(0, frame) / this.#rate;
    const known = this.#faults.get(code);
    if (!known || at < known.at) this.#faults.set(code, { code, message, at });
  }
}

const PACKET = /^0,\s*(-?\d+),\s*(-?\d+),\s*-?\d+,\s*(\d+),\s*(0x[0-9a-f]+)(?:,\s*F=(0x[0-9A-Fa-f]+))?/;

function whyWrong(found: number, expected: number): string {
  return found > expected ? 'a frame is missing at a constant rate' : 'two frames share one moment';
}
