import type { Findings } from './findings.js';
import type { Title, TitlePlaylist } from './read-title.js';

/** What every media playlist of a finished title keeps to. */
export function checkMedia(title: Title, findings: Findings): void {
  const all = [...title.variants, ...title.audio, ...title.iframes];
  const targets = new Set(all.map(({ playlist }) => playlist.targetSeconds));
  for (const media of all) {
    checkOne(media, findings);
    const { targetSeconds } = media.playlist;
    // Apple HLS authoring 8.2.
    if (targets.size > 1 && targetSeconds !== all[0]?.playlist.targetSeconds) {
      findings.error(media.path, 'target-differs', `its target duration is ${targetSeconds}, not the title's`);
    }
  }
}

function checkOne({ path, playlist, segments }: TitlePlaylist, findings: Findings): void {
  const { targetSeconds } = playlist;
  if (targetSeconds === null) findings.error(path, 'target-missing', 'it has no EXT-X-TARGETDURATION');
  if (!playlist.ended || !playlist.vod) {
    findings.error(path, 'not-vod', 'it is not a finished VOD playlist (EXT-X-PLAYLIST-TYPE:VOD and EXT-X-ENDLIST)');
  }
  if (segments.length === 0) findings.error(path, 'no-segments', 'it lists no segment');
  const needs = segments.some((segment) => segment.range) || playlist.iframesOnly ? 4 : 3;
  if (playlist.version < needs) {
    findings.error(path, 'version-too-low', `it says EXT-X-VERSION ${playlist.version} and uses what ${needs} brought`);
  }
  for (const [i, segment] of segments.entries()) {
    // RFC 8216 4.3.3.1: rounded to the nearest whole second.
    if (targetSeconds !== null && Math.round(segment.micros / 1e6) > targetSeconds) {
      const seconds = (segment.micros / 1e6).toFixed(3);
      findings.error(
        path,
        'extinf-over-target',
        `segment ${i} lasts ${seconds} s, over the target of ${targetSeconds} s`,
      );
    }
    if (segment.range && segment.fileBytes > 0 && segment.range.offset + segment.range.bytes > segment.fileBytes) {
      const { offset, bytes } = segment.range;
      findings.error(
        path,
        'byterange-outside',
        `${bytes}@${offset} lies outside ${segment.path} (${segment.fileBytes} bytes)`,
      );
    }
  }
}
