import type { SourceIdentity, Warning } from './media.js';
import type { Rational } from './rational.js';

/**
 * Everything that is decided before the first frame is encoded. A value: it prints itself, and the same
 * source, preset and options always give the same plan.
 */
export interface EncodePlan {
  readonly source: SourceIdentity;
  readonly input: InputPlan;
  readonly preset: string;
  /** Packaging: HLS with MPEG-TS segments. */
  readonly packaging: 'hls-ts';
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly video: VideoPlan | null;
  readonly audio: readonly AudioRendition[];
  /** What was decided and why, in the order a reader wants it. */
  readonly decisions: readonly Decision[];
  /** Tracks and rungs that were left out, each with its reason. */
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly Warning[];
  readonly prediction: Prediction;
}

/** What the argv builders need to know of the container. */
export interface InputPlan {
  /** FFmpeg's demuxer name. */
  readonly format: string;
  /** The earliest timestamp, seconds: FFmpeg subtracts it from every timestamp. */
  readonly startSeconds: number;
  /** A later segment may be reached by seeking; otherwise the source is decoded from its start and skipped. */
  readonly seekable: boolean;
  /**
   * Tracks (FFmpeg's indices) that every process reads, used or not, where the clock may jump: FFmpeg finds the start
   * and mends jumps by the tracks it reads, and picture and sound must be mended alike. Empty elsewhere.
   */
  readonly tracksReadTogether: readonly number[];
}

/**
 * Segment i holds frames [i·framesPerSegment, (i+1)·framesPerSegment) of the constant output frame rate;
 * every rendition cuts there and nowhere else. The grid is a rule, not a count: it has no end.
 */
export interface Grid {
  /** Output frame rate; null for a title without video. */
  readonly frameRate: Rational | null;
  /** A whole number of GOPs; null without video. */
  readonly framesPerSegment: number | null;
  /** IDR distance in frames; null without video. */
  readonly framesPerGop: number | null;
  /** Exact length of a full segment, seconds. */
  readonly segmentSeconds: Rational;
}

export interface Timeline {
  /** Time on the container's timeline that becomes 0 in the title, seconds. */
  readonly originSeconds: number;
  /** Expected length of the title, seconds, from headers; null where they do not say. It may be wrong. */
  readonly expectedSeconds: number | null;
  /** Expected number of output frames (video titles); null where unknown. */
  readonly expectedFrames: number | null;
  /** How long the last picture is held because the sound goes on, seconds (0: not at all). */
  readonly holdLastFrameSeconds: number;
  /**
   * The mpegts muxer starts every stream this much after 0 (its muxdelay × 2), so that decode times of
   * B-frames before the first picture are not negative. The same for all renditions. Seconds.
   */
  readonly transportOffsetSeconds: number;
}

export interface VideoPlan {
  /** FFmpeg's stream index. */
  readonly trackIndex: number;
  /** Filters from the decoded picture to the top rung's upright square-pixel constant-rate frames. */
  readonly picture: PicturePlan;
  /** Tags every rung gets. */
  readonly color: OutputColor;
  /** Descending by size. */
  readonly rungs: readonly VideoRendition[];
  readonly decode: DecodePlan;
}

export interface PicturePlan {
  /** bwdif parity, null when progressive. */
  readonly deinterlace: 'tff' | 'bff' | null;
  readonly mirror: boolean;
  readonly clockwise: 0 | 90 | 180 | 270;
  /** From PQ or HLG down to BT.709 SDR. */
  readonly toneMap: 'pq' | 'hlg' | null;
  /** From BT.2020 SDR colours down to BT.709 (zscale). Never together with `toneMap`, which does that too. */
  readonly wideGamut: boolean;
  /** Full-range or RGB input is brought to limited-range YUV. Input range as FFmpeg's scale names it. */
  readonly inputRange: 'tv' | 'pc';
  /**
   * Matrix of the decoded picture as FFmpeg's scale names it: "bt709", "smpte170m" (BT.470BG's numbers too),
   * "smpte240m", "fcc", "bt2020"; "bt709" for RGB input, where scale ignores it. The tags of the output are in
   * OutputColor.
   */
  readonly inputMatrix: string;
  /** The output's matrix has other numbers than the input's (RGB, SMPTE 240M …; true whenever toneMap or wideGamut). */
  readonly matrixConversion: boolean;
  /** What scales each rung from the one above: zimg at half the cost of swscale, where FFmpeg has it. */
  readonly scaler: 'zscale' | 'scale';
  readonly frameRate: Rational;
}

/**
 * FFmpeg's names, those that -color_primaries, -color_trc and -colorspace share with the setparams filter; range is
 * always limited ("tv").
 */
export interface OutputColor {
  readonly primaries: string;
  readonly transfer: string;
  readonly matrix: string;
}

export interface VideoRendition {
  readonly kind: 'video';
  /** Folder of the rendition: name, "-", version. */
  readonly id: string;
  /** "720p". */
  readonly name: string;
  /**
   * Eight hex digits over everything the rendition's bytes depend on (source, grid, picture, size, encoder
   * and its options). Other bytes, other name: a cached segment is never wrong.
   */
  readonly version: string;
  readonly width: number;
  readonly height: number;
  readonly codec: 'h264';
  readonly encoder: string;
  readonly options: Readonly<Record<string, string>>;
  readonly rate: VideoRate;
}

/** Bits per second, and bits for the buffer. */
export type VideoRate =
  | { readonly mode: 'crf'; readonly crf: number; readonly maxBitrate: number; readonly bufferBits: number }
  | { readonly mode: 'abr'; readonly bitrate: number; readonly maxBitrate: number; readonly bufferBits: number };

/** How pictures get from the source to the encoders; changes no frame, so it is not part of any version. */
export interface DecodePlan {
  readonly mode: DecodeMode;
  readonly reason: string;
  /** Encoder threads per rendition id. */
  readonly threads: Readonly<Record<string, number>>;
  /** Renditions encoded side by side, rung ids in passes; one pass unless --jobs is lower than the rungs. */
  readonly passes: readonly (readonly string[])[];
}

export type DecodeMode = 'shared' | 'per-rung' | 'single-process';

export interface AudioRendition {
  readonly kind: 'audio';
  readonly id: string;
  /** "audio-en". */
  readonly name: string;
  readonly version: string;
  readonly trackIndex: number;
  /** BCP 47. */
  readonly language: string;
  /** NAME in the multivariant playlist; unique in the title. */
  readonly label: string;
  readonly isDefault: boolean;
  /** HLS CHARACTERISTICS, e.g. "public.accessibility.describes-video". */
  readonly characteristics: string | null;
  readonly codec: 'aac';
  readonly encoder: string;
  readonly options: Readonly<Record<string, string>>;
  readonly bitrate: number;
  readonly sampleRate: number;
  readonly channels: number;
  /** Channels of the source track. */
  readonly sourceChannels: number;
  /** More channels in than out: folded down, then limited so that the sum does not clip. */
  readonly downmix: boolean;
}

export type Rendition = VideoRendition | AudioRendition;

/** "frame rate" → "30000/1001", "the container says 29.97 and the average agrees". */
export interface Decision {
  readonly subject: string;
  readonly choice: string;
  readonly reason: string;
}

export interface LeftOut {
  /** "subtitle track 3 (fra, subrip)", "rung 1080p". */
  readonly what: string;
  readonly reason: string;
}

export interface Prediction {
  /** Upper estimate of the whole title, bytes; null when the length is unknown. */
  readonly maxBytes: number | null;
  /** Segments of each rendition; null when the length is unknown. */
  readonly segments: number | null;
}
