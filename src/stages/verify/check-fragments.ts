import { checkCodecs, checkRanges, comparePictures, type Pictures } from './deep-rules.js';
import type { Findings } from './findings.js';
import { FragmentCheck } from './fragment-check.js';
import type { Title } from './read-title.js';
import type { Rung } from './rungs.js';
import { listSegments, sizeSegments } from './segments.js';
import { walkRungs } from './walk-rungs.js';

/**
 * Reads every segment of a title in fragmented MP4, as CMAF (ISO/IEC 23000-19) and players want them: see FragmentCheck for
 * each rendition by itself; rungs have the same pictures at the same times, and I-frame ranges are IDRs with their fragment's
 * head.
 */
export async function checkFragments(title: Title, rungs: readonly Rung[], findings: Findings): Promise<void> {
  const checks = new Map(rungs.map(({ media }) => [media, new FragmentCheck(title.folder, media.path, findings)]));
  let timescale: number | null = null;
  for await (const steps of walkRungs(title, rungs, unsized)) {
    let reference: Pictures | null = null;
    for (const { rung, segment, iframes } of steps) {
      const scan = segment && (await checks.get(rung.media)?.next(segment));
      if (!segment || !scan) continue;
      const { video, audio } = scan;
      checkCodecs(title, rung.media, video?.codecs ?? audio?.codecs ?? null, findings);
      if (!video) continue;
      timescale ??= scan.timescale;
      if (scan.timescale !== timescale) {
        findings.error(
          segment.path,
          'timescale-differs',
          `its clock has ${scan.timescale} ticks a second, not ${timescale}`,
        );
      }
      for (const listed of iframes) checkRanges(listed, segment, video, findings);
      reference ??= video;
      comparePictures(segment, video, reference, findings);
    }
  }
  for (const media of title.audio) {
    const check = new FragmentCheck(title.folder, media.path, findings);
    for await (const batch of sizeSegments(listSegments(title.folder, media), unsized)) {
      for (const segment of batch) {
        const scan = await check.next(segment);
        if (scan) checkCodecs(title, media, scan.audio?.codecs ?? null, findings);
      }
    }
  }
}

/** Sizes have been looked at before. */
const unsized = (): Promise<null> => Promise.resolve(null);
