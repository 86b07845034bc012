import type { Grid, PicturePlan } from '../../model/plan.js';
import type { AudioRendition, VideoRendition } from '../../model/rendition.js';

/**
 * FFmpeg's output arguments for a video encoder: its bytes may depend on nothing but the pictures and these, not on the
 * machine, nor say which version made them; what it offers is in model/encoders.
 */
export interface VideoEncoder {
  args(encoding: VideoEncoding): string[];
}

/** One rung that is to be encoded. */
export interface VideoEncoding {
  readonly grid: Grid;
  readonly picture: PicturePlan;
  readonly rung: VideoRendition;
}

/** FFmpeg's output arguments for an audio encoder. */
export interface AudioEncoder {
  args(audio: AudioRendition): string[];
}
