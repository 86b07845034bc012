import path from 'node:path';
import { decode } from '../support/ffprobe.js';
import { counterFindings, iframeFindings, rateFindings } from './rules-bytes.js';
import { audioFindings, masterFindings, rungFindings } from './rules-playlists.js';
import { type SeenRendition, type SeenTitle } from './seen-title.js';
import { probeSegments, readMedia, readMultivariant, type Entry } from './title.js';

/** FFmpeg's mpegts muxer with its usual delay of 1.4 s; longer where frames are so slow that three do not fit. */
const USUAL_ZERO = 126_000;

/** Looks at a published title from outside. `rate`: frames a second, "30000/1001"; null for sound alone. */
export async function seeTitle(folder: string, rate: string | null): Promise<SeenTitle> {
  const { text, variants, media } = await readMultivariant(path.join(folder, 'master.m3u8'));
  const soundOnly = variants.every(({ attributes }) => attributes['RESOLUTION'] === undefined);
  const rungs = await seeAll(folder, soundOnly ? [] : variants);
  const audio = await seeAll(folder, soundOnly && media.length === 0 ? variants : media);
  const [num = 0, den = 1] = (rate ?? '').split('/').map(Number);
  return {
    folder,
    master: text,
    audio,
    rate: rate === null ? null : { num, den },
    rungs: rungs.toSorted((a, b) => Number(b.stream['width']) - Number(a.stream['width'])),
    zero: num > 0 ? Math.max(USUAL_ZERO, Math.ceil((30 * den) / num - 1e-9) * 9000) : USUAL_ZERO,
  };
}

/** What is wrong with a title, a line for each: every rule that holds for all titles of TS segments. */
export async function brokenRules(title: SeenTitle): Promise<string[]> {
  return [
    ...masterFindings(title, (await readMultivariant(path.join(title.folder, 'master.m3u8'))).iframes.length),
    ...title.rungs.flatMap((rung) => rungFindings(title, rung)),
    ...title.audio.flatMap((rendition) => audioFindings(title, rendition)),
    ...(await iframeFindings(title)),
    ...(await rateFindings(title)),
    ...(await counterFindings(title)),
    ...(await decodeFindings(title)),
  ];
}

async function seeAll(title: string, entries: readonly Entry[]): Promise<SeenRendition[]> {
  const seen: SeenRendition[] = [];
  for (const { uri, attributes } of entries) {
    const index = path.join(title, uri);
    const folder = path.dirname(index);
    const [playlist, segments] = [await readMedia(index), await probeSegments(folder)];
    const ticks = segments.flatMap((segment) => segment.ticks);
    seen.push({ folder, attributes, playlist, segments, stream: segments[0]?.stream ?? {}, ticks });
  }
  return seen;
}

/** Each playlist decodes without a word, although FFmpeg is told to stop at whatever it dislikes. */
async function decodeFindings({ folder, rungs, audio }: SeenTitle): Promise<string[]> {
  const playlists = [...rungs, ...audio].map((seen) => path.join(seen.folder, 'index.m3u8'));
  const findings: string[] = [];
  for (const playlist of [path.join(folder, 'master.m3u8'), ...playlists]) {
    const { ok, errors } = await decode(playlist, ['-map', '0'], ['-xerror']);
    if (!ok || errors !== '') findings.push(`decoding ${path.relative(folder, playlist)}: ${errors.slice(0, 500)}`);
  }
  return findings;
}
