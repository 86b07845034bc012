import type { Segment } from '../../model/artifact.js';
import type { EncodePlan } from '../../model/plan.js';
import { divide, rational, toNumber, type Rational } from '../../model/rational.js';
import type { AudioRendition } from '../../model/rendition.js';

/**
 * Where audio of a title with video should end, seconds, as far as headers tell; null when they do not. Without video: where
 * the part that is wanted ends.
 */
export function plannedAudioEnd({ grid, picture, timeline }: EncodePlan): Rational | null {
  if (!picture) return timeline.part?.length ?? null;
  if (!grid.frameRate || timeline.expectedFrames === null) return null;
  return divide(rational(timeline.expectedFrames), grid.frameRate);
}

/** How an audio rendition came out. */
export interface AudioExtent {
  readonly segments: number;
  readonly last: Segment;
}

/**
 * Audio is encoded beside the video, up to the length that headers promise; headers lie. Gives the first
 * segment that must be made anew so that the audio ends with the picture, or null when it does: the same
 * number of segments, and an end within a video frame.
 */
export function audioToRedo(
  plan: EncodePlan,
  audio: AudioRendition,
  extent: AudioExtent,
  video: { readonly segments: number; readonly length: Rational },
): number | null {
  const { frameRate, segmentSeconds, tail } = plan.grid;
  const frame = frameRate ? frameRate.den / frameRate.num : 0.04;
  const audioFrame = audio.samplesPerFrame / audio.sampleRate;
  const end = extent.last.start / audio.timescale + toNumber(extent.last.duration);
  const wanted = toNumber(video.length);
  // The last audio frame may reach past the end by up to its own length.
  const fits = end >= wanted - frame && end <= wanted + Math.max(frame, audioFrame);
  if (fits && extent.segments === video.segments) return null;
  const shorter = Math.min(end, wanted);
  const index = Math.floor(shorter / toNumber(segmentSeconds) - 1e-6);
  // The segment before the tail may have it in it.
  const whole = tail && index >= tail.index ? tail.index - 1 : index;
  return Math.max(0, Math.min(whole, video.segments - 1));
}
