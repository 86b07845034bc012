import type { Capabilities } from '../tools/capabilities.js';
import type { FfmpegFeatures } from '../tools/ffmpeg/command.js';

/** What the argv builders must know of the FFmpeg at hand. */
export function featuresOf({ major, minor }: Capabilities): FfmpegFeatures {
  return { fpsMode: major > 5 || (major === 5 && minor >= 1) };
}
