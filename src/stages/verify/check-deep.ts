import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { scanTransportStream, type TransportScan, type VideoScan } from '../../tools/mpegts/scan.js';
import { rungOf } from './check-iframes.js';
import type { Findings } from './findings.js';
import type { Title, TitlePlaylist, TitleSegment } from './read-title.js';

const TICKS_PER_MICRO = 0.09;
const AAC_FRAME = 1024;
const PTS_MODULUS = 2 ** 33;

/**
 * Reads every MPEG-TS segment: frames and IDRs at the same times in all rungs, each segment where the last one ended,
 * I-frame ranges that are IDRs, codecs as declared. Goes through the rungs side by side, one segment at a time.
 */
export async function checkDeep(title: Title, findings: Findings): Promise<void> {
  const [first] = title.variants;
  const rungs = title.variants.map((media) => ({
    media,
    follow: new ContinuityCheck(media, findings),
    iframes: iframeRanges(title.iframes.find((playlist) => rungOf(title, playlist) === media)),
  }));
  for (const i of first?.segments.keys() ?? []) {
    let reference: VideoScan | null = null;
    for (const { media, follow, iframes } of rungs) {
      const segment = media.segments[i];
      if (!segment) continue;
      const scan = await scanSegment(title, segment, findings);
      follow.next(segment, scan);
      if (!scan?.video) continue;
      if (iframes) checkRanges(iframes, segment, scan.video, findings);
      checkCodecs(title, media, scan.video, findings);
      reference ??= scan.video;
      compareTimes(segment, scan.video, reference, findings);
    }
  }
  for (const media of title.audio) {
    const follow = new ContinuityCheck(media, findings);
    for (const segment of media.segments) {
      follow.next(segment, await scanSegment(title, segment, findings));
    }
  }
}

async function scanSegment(title: Title, segment: TitleSegment, findings: Findings): Promise<TransportScan | null> {
  try {
    return scanTransportStream(await readFile(join(title.folder, segment.path)));
  } catch (error) {
    if (!(error instanceof MediactlError)) throw error;
    findings.error(segment.path, 'segment-broken', error.reason ?? error.message);
    return null;
  }
}

/** Checks that each segment starts where the last one ended, by its own clock, and lasts as long as the playlist says. */
class ContinuityCheck {
  #expected: number | null = null;
  readonly #media: TitlePlaylist;
  readonly #findings: Findings;

  constructor(media: TitlePlaylist, findings: Findings) {
    this.#media = media;
    this.#findings = findings;
  }

  /** `scan`: null where the segment could not be read; the one after it is then taken as it is. */
  next(segment: TitleSegment, scan: TransportScan | null): void {
    const audio = scan?.audio;
    const start = scan?.video?.firstPts ?? audio?.firstPts;
    if (start === undefined) {
      this.#expected = null;
      return;
    }
    if (this.#expected !== null && distance(start, this.#expected) > 1.5) {
      const late = ((start - this.#expected) / 90).toFixed(1);
      this.#findings.error(segment.path, 'time-gap', `it starts ${late} ms off the end of the segment before it`);
    }
    const ticks = segment.micros * TICKS_PER_MICRO;
    if (audio) {
      const played = (audio.frames * AAC_FRAME * 90_000) / audio.sampleRate;
      if (Math.abs(played - ticks) > 1) {
        const seconds = `${segment.micros / 1e6} s, it holds ${(played / 90_000).toFixed(6)} s`;
        this.#findings.error(segment.path, 'duration-wrong', `${this.#media.path} says ${seconds}`);
      }
    }
    this.#expected = (start + ticks) % PTS_MODULUS;
  }
}

function compareTimes(segment: TitleSegment, video: VideoScan, reference: VideoScan, findings: Findings): void {
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
    const ticks = distance(video.lastPts, video.firstPts);
    const frame = ticks / (video.frames - 1);
    if (Math.abs(frame * video.frames - segment.micros * TICKS_PER_MICRO) > 2) {
      findings.error(
        segment.path,
        'duration-wrong',
        `its ${video.frames} frames do not last ${segment.micros / 1e6} s`,
      );
    }
  }
}

interface IframeRanges {
  readonly path: string;
  /** Segment path → "bytes@offset" in order. */
  readonly ranges: ReadonlyMap<string, string[]>;
}

function iframeRanges(iframes: TitlePlaylist | undefined): IframeRanges | null {
  if (!iframes) return null;
  const ranges = new Map<string, string[]>();
  for (const { path, range } of iframes.segments) {
    const list = ranges.get(path) ?? [];
    list.push(`${range?.bytes}@${range?.offset}`);
    ranges.set(path, list);
  }
  return { path: iframes.path, ranges };
}

function checkRanges(iframes: IframeRanges, segment: TitleSegment, video: VideoScan, findings: Findings): void {
  const listed = (iframes.ranges.get(segment.path) ?? []).join(', ');
  const found = video.keyframes.map((keyframe) => `${keyframe.bytes}@${keyframe.offset}`).join(', ');
  if (listed !== found) {
    findings.error(iframes.path, 'iframes-broken', `${segment.path} has IDRs at ${found}, not ${listed}`);
  }
}

function checkCodecs(title: Title, media: TitlePlaylist, { codecs }: VideoScan, findings: Findings): void {
  const declared = title.master.variants.find((variant) => title.playlists.get(variant.uri) === media)?.codecs ?? '';
  if (codecs !== null && !declared.split(',').includes(codecs)) {
    findings.error(title.masterPath, 'codecs-wrong', `${media.path} is ${codecs}, declared as "${declared}"`);
  }
}

function distance(a: number, b: number): number {
  const apart = Math.abs(a - b) % PTS_MODULUS;
  return Math.min(apart, PTS_MODULUS - apart);
}
