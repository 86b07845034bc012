import type { RenditionMeasure } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import type { VideoRendition } from '../../model/rendition.js';

/** With fewer segments, an average is not worth comparing a peak with. */
const ENOUGH_SEGMENTS = 5;

/**
 * Apple HLS authoring 1.30: a peak should be at most twice the average. The warning is only for rungs with an average
 * bitrate as their target: with capped CRF, calm scenes pull the average down by design, and the cap is what bounds the peak.
 */
export function peakWarnings(
  rungs: readonly VideoRendition[],
  measures: ReadonlyMap<string, RenditionMeasure>,
): Warning[] {
  return rungs.flatMap((rung) => {
    const measure = measures.get(rung.id);
    if (rung.rate.mode !== 'abr' || !measure || measure.segments < ENOUGH_SEGMENTS) return [];
    const percent = Math.round((measure.peakBitrate / measure.averageBitrate) * 100);
    if (percent <= 200) return [];
    const message =
      `${rung.name}: the peak bit rate is ${percent} % of the average; players expect at most 200 % ` +
      '(calm and busy scenes differ widely; capped CRF suits such a title better)';
    return [{ code: 'peak-over-average', message }];
  });
}
