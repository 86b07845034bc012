import type { Rational } from '../../model/rational.js';

/**
 * What a segment carries, whatever container it is in: the elementary stream, frame by frame, as it was encoded. Times
 * are whole frames of the title, counted from its 0: the grid has no others.
 */
export type CodedSegment = CodedVideo | CodedAudio;

/** H.264. What its parameter sets say holds for all of the segment. */
export interface CodedVideo {
  readonly kind: 'video';
  readonly parameters: AvcParameters;
  /** In the order of decoding; at least one. */
  readonly frames: readonly CodedPicture[];
}

/** NAL units without start codes. */
export interface AvcParameters {
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

export interface CodedPicture {
  /**
   * NAL units, each behind its length in four bytes (ISO/IEC 14496-15, 5.3.3), without access unit delimiters and
   * parameter sets.
   */
  readonly data: Buffer;
  /** The frame of the title that shows it. */
  readonly shown: number;
  /** An IDR picture. */
  readonly isSync: boolean;
}

/** AAC. */
export interface CodedAudio {
  readonly kind: 'audio';
  readonly format: AacFormat;
  /** Which frame of the title the first one is; below 0 where an encoder has put one before the title's 0. */
  readonly first: number;
  /** Raw data blocks, without ADTS headers; at least one. */
  readonly frames: readonly Buffer[];
}

export interface AacFormat {
  /** ISO/IEC 14496-3, 1.5.1.1: 2 is AAC-LC. */
  readonly objectType: number;
  readonly sampleRate: number;
  /** channelConfiguration: for up to six channels their number. */
  readonly channels: number;
}

/** The clock on which a rendition's segments tell times. */
export interface FrameClock {
  /** Ticks per second. */
  readonly timescale: number;
  /** Where the title's 0 is, ticks. */
  readonly zero: number;
  /** How long a frame lasts, seconds. */
  readonly frame: Rational;
}

/** Ticks of a frame: not always whole ones. */
export function frameTicks({ timescale, frame }: Pick<FrameClock, 'timescale' | 'frame'>): number {
  return (timescale * frame.num) / frame.den;
}

/** The frame of the title at a time in ticks; null: none is there, within a tick. */
export function frameAt(ticks: number, clock: FrameClock): number | null {
  const length = frameTicks(clock);
  const frame = Math.round((ticks - clock.zero) / length);
  return Math.abs(ticks - clock.zero - frame * length) > 1.01 ? null : frame;
}
