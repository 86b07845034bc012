import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { TransportScan, VideoScan } from '../../tools/mpegts/scan.js';
import { checkFragments } from './check-fragments.js';
import { containerOf } from './container.js';
import { ContinuityCheck, TICKS_PER_MICRO, ticksApart } from './continuity.js';
import { checkCodecs, checkRanges, comparePictures, type Pictures } from './deep-rules.js';
import type { Findings } from './findings.js';
import type { Title } from './read-title.js';
import type { Rung } from './rungs.js';
import { listSegments, sizeSegments, type SizedSegment } from './segments.js';
import { walkRungs } from './walk-rungs.js';

/**
 * Reads every segment: frames and IDRs at the same times in all rungs, each segment where the last one ended, I-frame
 * ranges that are IDRs, codecs as declared. Goes through the rungs side by side, one segment at a time.
 */
export async function checkDeep(title: Title, rungs: readonly Rung[], findings: Findings): Promise<void> {
  if (title.variants.some(({ hasMaps }) => hasMaps)) return checkFragments(title, rungs, findings);
  const clocks = new Map(rungs.map(({ media }) => [media, new ContinuityCheck(media.path, findings)]));
  for await (const steps of walkRungs(title, rungs, unsized)) {
    let reference: Pictures | null = null;
    for (const { rung, segment, iframes } of steps) {
      if (!segment) continue;
      const scan = await scanSegment(title, segment, findings);
      clocks.get(rung.media)?.next(segment, scan);
      if (!scan?.video) continue;
      const pictures = picturesOf(scan.video);
      for (const listed of iframes) checkRanges(listed, segment, pictures, findings);
      checkCodecs(title, rung.media, pictures.codecs, findings);
      reference ??= pictures;
      comparePictures(segment, pictures, reference, findings);
      checkLength(segment, scan.video, findings);
    }
  }
  for (const media of title.audio) {
    const clock = new ContinuityCheck(media.path, findings);
    for await (const batch of sizeSegments(listSegments(title.folder, media), unsized)) {
      for (const segment of batch) clock.next(segment, await scanSegment(title, segment, findings));
    }
  }
}

/** Sizes have been looked at before. */
const unsized = (): Promise<null> => Promise.resolve(null);

async function scanSegment(title: Title, { path }: SizedSegment, findings: Findings): Promise<TransportScan | null> {
  const container = containerOf(path);
  if (!container) {
    findings.error(path, 'segment-broken', 'its name ends like no container that mediactl reads');
    return null;
  }
  try {
    return container.scan(await readFile(join(title.folder, path)));
  } catch (error) {
    if (!(error instanceof MediactlError)) throw error;
    findings.error(path, 'segment-broken', error.reason ?? error.message);
    return null;
  }
}

function picturesOf({ frames, firstPts, codecs, keyframes }: VideoScan): Pictures {
  return {
    frames,
    first: firstPts,
    codecs,
    keyframes: keyframes.map(({ offset, bytes, pts }) => ({ offset, bytes, time: pts })),
  };
}

function checkLength(
  { path, micros }: SizedSegment,
  { frames, firstPts, lastPts }: VideoScan,
  findings: Findings,
): void {
  if (frames < 2) return;
  const frame = ticksApart(lastPts, firstPts) / (frames - 1);
  if (Math.abs(frame * frames - micros * TICKS_PER_MICRO) > 2) {
    findings.error(path, 'duration-wrong', `its ${frames} frames do not last ${micros / 1e6} s`);
  }
}
