import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import type { TransportScan, VideoScan } from '../../tools/mpegts/scan.js';
import { containerOf } from './container.js';
import { ContinuityCheck, TICKS_PER_MICRO, ticksApart } from './continuity.js';
import type { Findings } from './findings.js';
import type { Title } from './read-title.js';
import type { Rung } from './rungs.js';
import { listSegments, sizeSegments, type SizedSegment } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';
import { walkRungs, type IframeStep } from './walk-rungs.js';

/**
 * Reads every segment: frames and IDRs at the same times in all rungs, each segment where the last one ended, I-frame
 * ranges that are IDRs, codecs as declared. Goes through the rungs side by side, one segment at a time.
 */
export async function checkDeep(title: Title, rungs: readonly Rung[], findings: Findings): Promise<void> {
  const clocks = new Map(rungs.map(({ media }) => [media, new ContinuityCheck(media.path, findings)]));
  for await (const steps of walkRungs(title, rungs, unsized)) {
    let reference: VideoScan | null = null;
    for (const { rung, segment, iframes } of steps) {
      if (!segment) continue;
      const scan = await scanSegment(title, segment, findings);
      clocks.get(rung.media)?.next(segment, scan);
      if (!scan?.video) continue;
      for (const listed of iframes) checkRanges(listed, segment, scan.video, findings);
      checkCodecs(title, rung.media, scan.video, findings);
      reference ??= scan.video;
      compareTimes(segment, scan.video, reference, findings);
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

function compareTimes(segment: SizedSegment, video: VideoScan, reference: VideoScan, findings: Findings): void {
  if (video.frames !== reference.frames) {
    findings.error(segment.path, 'frames-differ', `it has ${video.frames} frames, other rungs ${reference.frames}`);
  }
  const times = video.keyframes.map((keyframe) => keyframe.pts);
  // Apple HLS authoring 7.4, 8.22.
  if (times.join() !== reference.keyframes.map((keyframe) => keyframe.pts).join()) {
    findings.error(segment.path, 'idr-differs', 'its IDR pictures are not at the times of the other rungs');
  }
  if (times[0] !== video.firstPts) findings.error(segment.path, 'idr-missing', 'it does not begin with an IDR picture');
  if (video.frames > 1) {
    const frame = ticksApart(video.lastPts, video.firstPts) / (video.frames - 1);
    if (Math.abs(frame * video.frames - segment.micros * TICKS_PER_MICRO) > 2) {
      const seconds = segment.micros / 1e6;
      findings.error(segment.path, 'duration-wrong', `its ${video.frames} frames do not last ${seconds} s`);
    }
  }
}

function checkRanges(
  { media, entries }: IframeStep,
  { path }: SizedSegment,
  video: VideoScan,
  findings: Findings,
): void {
  const listed = entries.map(({ range }) => `${range?.bytes}@${range?.offset}`).join(', ');
  const found = video.keyframes.map((keyframe) => `${keyframe.bytes}@${keyframe.offset}`).join(', ');
  if (listed !== found) {
    findings.error(media.path, 'iframes-broken', `${path} has IDRs at ${found}, not ${listed}`);
  }
}

function checkCodecs(title: Title, media: TitlePlaylist, { codecs }: VideoScan, findings: Findings): void {
  const declared = title.master.variants.find((variant) => title.playlists.get(variant.uri) === media)?.codecs ?? '';
  if (codecs !== null && !declared.split(',').includes(codecs)) {
    findings.error(title.masterPath, 'codecs-wrong', `${media.path} is ${codecs}, declared as "${declared}"`);
  }
}
