import type { Findings } from './findings.js';
import type { Title } from './read-title.js';
import type { Rung } from './rungs.js';
import type { TitlePlaylist } from './survey-playlist.js';

/** Microseconds by which printed durations of the same media may differ. */
export const SLACK_MICROS = 1000;

/** What can be said of the media playlists as wholes: of each, and side by side. */
export function checkPlaylists(title: Title, rungs: readonly Rung[], findings: Findings): void {
  const all = [...title.variants, ...title.audio, ...title.iframes];
  const [first] = all;
  for (const media of all) {
    checkOne(media, findings);
    // Apple HLS authoring 8.2.
    if (media.targetSeconds !== first?.targetSeconds) {
      findings.error(media.path, 'target-differs', `its target duration is ${media.targetSeconds}, not the title's`);
    }
  }
  for (const variant of title.variants) checkLength(variant, title.variants[0] ?? variant, findings);
  for (const { path, iframesOnly } of title.iframes) {
    if (!iframesOnly) findings.error(path, 'iframes-broken', 'it does not say EXT-X-I-FRAMES-ONLY');
  }
  for (const { media, iframes } of rungs) {
    for (const { path, micros } of iframes) {
      if (Math.abs(micros - media.micros) <= SLACK_MICROS) continue;
      findings.error(path, 'iframes-broken', `it lasts ${micros / 1e6} s, its rung ${media.micros / 1e6} s`);
    }
  }
}

function checkOne(media: TitlePlaylist, findings: Findings): void {
  const { path, version, targetSeconds } = media;
  if (targetSeconds === null) findings.error(path, 'target-missing', 'it has no EXT-X-TARGETDURATION');
  if (!media.ended || !media.vod) {
    findings.error(path, 'not-vod', 'it is not a finished VOD playlist (EXT-X-PLAYLIST-TYPE:VOD and EXT-X-ENDLIST)');
  }
  if (media.segments === 0) findings.error(path, 'no-segments', 'it lists no segment');
  const needs = versionNeeded(media);
  if (version < needs) {
    findings.error(path, 'version-too-low', `it says EXT-X-VERSION ${version} and uses what ${needs} brought`);
  }
}

/** RFC 8216 7. */
function versionNeeded({ hasMaps, iframesOnly, hasRanges }: TitlePlaylist): number {
  if (hasMaps) return iframesOnly ? 5 : 6;
  return iframesOnly || hasRanges ? 4 : 3;
}

/** Players switch from any segment of one rung to the next of another: all rungs have the same segments. */
function checkLength({ path, segments, micros }: TitlePlaylist, first: TitlePlaylist, findings: Findings): void {
  if (segments !== first.segments) {
    const counts = `${segments} segments, ${first.path} has ${first.segments}`;
    findings.error(path, 'segments-differ', `it has ${counts}`);
  } else if (Math.abs(micros - first.micros) > SLACK_MICROS) {
    findings.error(path, 'length-differs', `it lasts ${micros / 1e6} s, ${first.path} ${first.micros / 1e6} s`);
  }
}
