import type { AudioCodec, AudioEncoderName, VideoCodec, VideoEncoderName } from './encoders.js';

/** A ladder preset as written in presets/*.json, after the schema (config/preset-schema) has checked it. */
export interface Preset {
  readonly name: string;
  readonly description: string;
  /** What a user of this ladder should know ("players expect 6 s segments"): shown with the plan, never an error. */
  readonly notes?: readonly string[];
  readonly segment: {
    /** Target segment length, seconds. */
    readonly seconds: number;
    /** Wanted IDR distance, seconds; never longer than this (rounded to whole frames). */
    readonly keyframeSeconds: number;
    /** Wanted length of a chunk, seconds; by the length of the title where it is not given. See Grid.segmentsPerChunk. */
    readonly chunkSeconds?: number | undefined;
  };
  readonly video: {
    readonly codec: VideoCodec;
    readonly encoder: VideoEncoderName;
    /** Encoder options as FFmpeg takes them, without the dash: { preset: "medium", profile: "high" }. */
    readonly options: Readonly<Record<string, string>>;
    readonly rateControl: RateControl;
    /** Ascending by short side. */
    readonly rungs: readonly PresetRung[];
    /** Highest output frame rate (Apple HLS authoring 1.19: 60). */
    readonly maxFrameRate: number;
  };
  readonly audio: {
    readonly codec: AudioCodec;
    readonly encoder: AudioEncoderName;
    readonly options: Readonly<Record<string, string>>;
    /** Bits per second. */
    readonly bitrate: number;
    readonly sampleRate: number;
    readonly channels: number;
  };
}

/** `crf`: constant quality under the rung's cap. `abr`: the rung's figure is the average, for predictable sizes. */
export type RateControl =
  | { readonly mode: 'crf'; readonly crf: number; readonly bufferSeconds: number }
  | { readonly mode: 'abr'; readonly peakRatio: number; readonly bufferSeconds: number };

export interface PresetRung {
  /** "720p". */
  readonly name: string;
  /** The rung's size: the picture's short side, pixels. */
  readonly shortSide: number;
  /** Cap (crf) or average (abr), bits per second. */
  readonly bitrate: number;
}
