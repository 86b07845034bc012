/** That a rung's segments are the source's own packets, cut and not encoded. */
export interface VideoCopy {
  /** FFmpeg's stream index in the input. */
  readonly track: number;
  /** Frames by which a picture is decoded before it is shown, at most. */
  readonly reorder: number;
  /** The source does not say what its colours are: the title's tags are written into its parameter sets. */
  readonly tag: boolean;
}

/** Whether the source's video is copied as the title's top rung, and why not. Only where that was asked for. */
export interface CopyTop {
  /** Name of the top rung. */
  readonly rung: string;
  readonly copied: boolean;
  /** Empty when it is copied. */
  readonly reasons: readonly CopyReason[];
}

/** Why a source cannot be copied. Codes are stable. */
export interface CopyReason {
  readonly code: CopyReasonCode;
  readonly message: string;
  /** Where in the title it shows first, seconds; null: everywhere. */
  readonly at: number | null;
}

export type CopyReasonCode =
  | 'codec'
  | 'profile'
  | 'level'
  | 'pixel-format'
  | 'size'
  | 'pixel-aspect'
  | 'orientation'
  | 'interlaced'
  | 'colour'
  | 'frame-rate'
  | 'frame-times'
  | 'time-base'
  | 'hidden-frames'
  | 'held-frame'
  | 'clock'
  | 'not-seekable'
  | 'ffmpeg'
  | 'part'
  | 'open-gop'
  | 'parameter-sets'
  | 'keyframes'
  | 'bit-rate'
  | 'reordering'
  | 'damaged'
  | 'unread';

/**
 * What the packets of a video track tell, read without decoding. Frames count from the first that is shown, at the rate that
 * was given; times are seconds from there.
 */
export interface VideoPackets {
  /** Of the first frame, on the container's timeline, seconds. */
  readonly startSeconds: number;
  readonly frames: number;
  /** The frames that are IDR pictures, ascending. */
  readonly keyframes: readonly number[];
  /** Bytes from each of them up to the next. */
  readonly keyframeBytes: readonly number[];
  /** See VideoCopy. */
  readonly reorder: number;
  /** Units a second in which times of packets are told. */
  readonly clock: number;
  /** level_idc of H.264, e.g. 40; null where the header does not say. */
  readonly level: number | null;
  /** What stands in the way of cutting the packets, the first of each kind. */
  readonly faults: readonly PacketFault[];
}

export interface PacketFault {
  readonly code: 'frame-times' | 'hidden-frames' | 'open-gop' | 'parameter-sets' | 'damaged';
  readonly message: string;
  readonly at: number;
}
