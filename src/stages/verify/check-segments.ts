import { IframeCheck } from './check-iframes.js';
import { SLACK_MICROS } from './check-playlists.js';
import type { SizeLookup } from './file-sizes.js';
import type { Findings } from './findings.js';
import { RateWindow, type Rates } from './rate-window.js';
import type { Title } from './read-title.js';
import type { Rungs } from './rungs.js';
import { listSegments, sizeSegments, type SizedSegment } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';
import { walkRungs } from './walk-rungs.js';

/**
 * Goes through the entries of all playlists, the rungs side by side, and holds none: each entry by itself, rungs
 * against the first one, I-frames against their rung. Gives the bit rates of each playlist.
 */
export async function checkSegments(
  title: Title,
  { rungs, strays }: Rungs,
  sizeOf: SizeLookup,
  findings: Findings,
): Promise<ReadonlyMap<TitlePlaylist, Rates>> {
  const all = [...title.variants, ...title.audio, ...title.iframes];
  const windows = new Map(all.map((media) => [media, new RateWindow(media.targetSeconds)]));
  const iframeChecks = new Map(title.iframes.map((media) => [media, new IframeCheck(media.path, findings)]));
  const entry = (media: TitlePlaylist, segment: SizedSegment): void => {
    windows.get(media)?.add(segment);
    checkEntry(media, segment, findings);
  };

  for await (const steps of walkRungs(title, rungs, sizeOf)) {
    const first = steps.find(({ rung }) => rung === rungs[0]);
    for (const { rung, segment, iframes } of steps) {
      if (segment) {
        entry(rung.media, segment);
        if (first?.segment) compareDurations(rung.media, segment, first.rung.media, first.segment, findings);
      }
      for (const { media, entries } of iframes) {
        for (const iframe of entries) entry(media, iframe);
        if (segment) iframeChecks.get(media)?.segment(entries);
        else iframeChecks.get(media)?.leftOver(entries);
      }
    }
  }
  for (const { iframes } of rungs) for (const media of iframes) iframeChecks.get(media)?.end();
  for (const media of [...title.audio, ...strays]) {
    for await (const batch of sizeSegments(listSegments(title.folder, media), sizeOf)) {
      for (const segment of batch) entry(media, segment);
    }
  }
  return new Map([...windows].map(([media, window]) => [media, window.rates]));
}

function checkEntry({ path, targetSeconds }: TitlePlaylist, segment: SizedSegment, findings: Findings): void {
  const { index, micros, range, fileBytes } = segment;
  // RFC 8216 4.3.3.1: rounded to the nearest whole second.
  if (targetSeconds !== null && Math.round(micros / 1e6) > targetSeconds) {
    const seconds = (micros / 1e6).toFixed(3);
    findings.error(
      path,
      'extinf-over-target',
      `segment ${index} lasts ${seconds} s, over the target of ${targetSeconds} s`,
    );
  }
  if (range && fileBytes > 0 && range.offset + range.bytes > fileBytes) {
    const bytes = `${range.bytes}@${range.offset}`;
    findings.error(path, 'byterange-outside', `${bytes} lies outside ${segment.path} (${fileBytes} bytes)`);
  }
}

/** Of rungs with as many segments; that they differ in number has been said. */
function compareDurations(
  media: TitlePlaylist,
  segment: SizedSegment,
  first: TitlePlaylist,
  wanted: SizedSegment,
  findings: Findings,
): void {
  if (media.segments !== first.segments || Math.abs(segment.micros - wanted.micros) <= SLACK_MICROS) return;
  const seconds = `${segment.micros / 1e6} s, in ${first.path} ${wanted.micros / 1e6} s`;
  findings.error(media.path, 'duration-differs', `segment ${segment.index} lasts ${seconds}`);
}
