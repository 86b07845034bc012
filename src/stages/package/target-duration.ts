import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import { audioOf } from '../../model/rendition.js';

/** Audio is cut after the frame that crosses a boundary, and its first segment begins with the encoder's priming. */
const EXTRA_AUDIO_FRAMES = 2;

/**
 * EXT-X-TARGETDURATION, the same for all playlists of a title (Apple HLS authoring 8.2): no segment of the grid, rounded
 * to whole seconds, is longer (RFC 8216 4.3.3.1). From the grid alone, so it is known before the first segment is; a
 * title shorter than a segment has the same.
 */
export function targetDuration(plan: EncodePlan): number {
  const audioFrame = Math.max(
    0,
    ...audioOf(plan).map(({ samplesPerFrame, sampleRate }) => samplesPerFrame / sampleRate),
  );
  return Math.max(1, Math.round(toNumber(plan.grid.segmentSeconds) + EXTRA_AUDIO_FRAMES * audioFrame));
}
