import type { Findings } from './findings.js';
import type { Title, TitlePlaylist } from './read-title.js';

const SLACK = 1000;
const PACKET = 188;

/** I-frame playlists point into the segments of a rung, in order, and together last as long as it. */
export function checkIframes(title: Title, findings: Findings): void {
  for (const iframes of title.iframes) {
    const { path, playlist } = iframes;
    if (!playlist.iframesOnly) findings.error(path, 'iframes-broken', 'it does not say EXT-X-I-FRAMES-ONLY');
    const rung = rungOf(title, iframes);
    if (!rung) {
      findings.error(path, 'iframes-broken', 'its I-frames are not in the segments of one variant');
      continue;
    }
    if (Math.abs(iframes.micros - rung.micros) > SLACK) {
      findings.error(path, 'iframes-broken', `it lasts ${iframes.micros / 1e6} s, its rung ${rung.micros / 1e6} s`);
    }
    checkRanges(iframes, rung, findings);
  }
}

function checkRanges(iframes: TitlePlaylist, rung: TitlePlaylist, findings: Findings): void {
  const order = new Map(rung.segments.map((segment, i) => [segment.path, i]));
  const seen = new Set<number>();
  let last = { index: -1, end: 0 };
  for (const { range, path } of iframes.segments) {
    const index = order.get(path) ?? -1;
    if (!range) {
      findings.error(iframes.path, 'iframes-broken', `an I-frame of ${path} has no byte range`);
      continue;
    }
    if (index < last.index || (index === last.index && range.offset < last.end)) {
      findings.error(iframes.path, 'iframes-broken', `${range.bytes}@${range.offset} of ${path} is out of order`);
    }
    if (path.endsWith('.ts') && (range.offset % PACKET !== 0 || range.bytes % PACKET !== 0 || range.offset === 0)) {
      findings.error(
        iframes.path,
        'iframes-broken',
        `${range.bytes}@${range.offset} of ${path} is no run of packets after PAT and PMT`,
      );
    }
    last = { index, end: range.offset + range.bytes };
    seen.add(index);
  }
  // A player that seeks by I-frames wants one in every segment.
  const without = rung.segments.length - seen.size;
  if (without > 0)
    findings.error(iframes.path, 'iframes-broken', `${without} segments of its rung have no I-frame in it`);
}

/** The variant whose segments hold all of the I-frames. */
export function rungOf(title: Title, iframes: TitlePlaylist): TitlePlaylist | null {
  const rung = title.variants.find((variant) => {
    const files = new Set(variant.segments.map((segment) => segment.path));
    return iframes.segments.every((segment) => files.has(segment.path));
  });
  return rung ?? null;
}
