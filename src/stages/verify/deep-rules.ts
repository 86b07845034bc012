import type { Findings } from './findings.js';
import type { Title } from './read-title.js';
import type { SizedSegment } from './segments.js';
import type { TitlePlaylist } from './survey-playlist.js';
import type { IframeStep } from './walk-rungs.js';

/** The pictures of a segment, whatever it is written in. Times are ticks, the same for all rungs of a title. */
export interface Pictures {
  readonly frames: number;
  /** First in presentation order. */
  readonly first: number;
  /** RFC 6381; null when the segment does not say. */
  readonly codecs: string | null;
  readonly keyframes: readonly { readonly offset: number; readonly bytes: number; readonly time: number }[];
}

/** Apple HLS authoring 7.4, 8.22: IDRs at the same times in all rungs, one of them at the start. */
export function comparePictures(
  { path }: SizedSegment,
  { frames, first, keyframes }: Pictures,
  reference: Pictures,
  findings: Findings,
): void {
  if (frames !== reference.frames) {
    findings.error(path, 'frames-differ', `it has ${frames} frames, other rungs ${reference.frames}`);
  }
  const times = keyframes.map(({ time }) => time);
  if (times.join() !== reference.keyframes.map(({ time }) => time).join()) {
    findings.error(path, 'idr-differs', 'its keyframes are not at the times of the other rungs');
  }
  if (times[0] !== first) findings.error(path, 'idr-missing', 'it does not begin with a keyframe');
}

/** The byte ranges of an I-frame playlist are the segment's IDR pictures. */
export function checkRanges(
  { media, entries }: IframeStep,
  { path }: SizedSegment,
  { keyframes }: Pictures,
  findings: Findings,
): void {
  const listed = entries.map(({ range }) => `${range?.bytes}@${range?.offset}`).join(', ');
  const found = keyframes.map(({ bytes, offset }) => `${bytes}@${offset}`).join(', ');
  if (listed !== found) findings.error(media.path, 'iframes-broken', `${path} has IDRs at ${found}, not ${listed}`);
}

/** The variant that leads to a playlist, or for sound any, declares what is in its segments. */
export function checkCodecs(title: Title, media: TitlePlaylist, codecs: string | null, findings: Findings): void {
  const { master, playlists, masterPath } = title;
  const own = master.variants.filter(({ uri }) => playlists.get(uri) === media);
  const declared = (own.length > 0 ? own : master.variants).map((variant) => variant.codecs ?? '');
  if (codecs !== null && !declared.some((list) => list.split(',').includes(codecs))) {
    findings.error(masterPath, 'codecs-wrong', `${media.path} is ${codecs}, declared as "${declared[0] ?? ''}"`);
  }
}
