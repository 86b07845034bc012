import fs from 'node:fs/promises';
import path from 'node:path';

/** Bytes of every segment of a written title; seconds are 2, so that the bit rate is half of the bits. */
export const SEGMENT_BYTES = 376_000;
const IFRAME_BYTES = 18_800;

export interface WrittenTitle {
  readonly segments: number;
  readonly rungs: readonly string[];
  /** Name of a segment's file. */
  readonly name?: (index: number) => string;
  /** Lines before the entries of each index.m3u8. */
  readonly tags?: string;
}

/** Playlists of a sound title without the files of its segments. Each segment of a rung has two I-frames. */
export async function writeTitle(folder: string, title: WrittenTitle): Promise<void> {
  const { segments, rungs, name = (index) => `${String(index).padStart(5, '0')}.ts`, tags = '' } = title;
  const master = ['#EXTM3U', '#EXT-X-INDEPENDENT-SEGMENTS'];
  for (const rung of rungs) {
    const index = [head(3, tags)];
    const iframes = [head(4, '#EXT-X-I-FRAMES-ONLY\n')];
    for (let i = 0; i < segments; i++) {
      index.push(`#EXTINF:2.000000,\n${name(i)}\n`);
      for (const offset of [564, 188_564]) iframes.push(iframe(offset, name(i)));
    }
    await fs.mkdir(path.join(folder, rung), { recursive: true });
    await fs.writeFile(path.join(folder, rung, 'index.m3u8'), `${index.join('')}#EXT-X-ENDLIST\n`);
    await fs.writeFile(path.join(folder, rung, 'iframes.m3u8'), `${iframes.join('')}#EXT-X-ENDLIST\n`);
    const shape = 'CODECS="avc1.64001F",RESOLUTION=640x360,FRAME-RATE=24.000';
    const [whole, still] = [SEGMENT_BYTES * 4, IFRAME_BYTES * 8];
    master.push(
      `#EXT-X-STREAM-INF:BANDWIDTH=${whole},AVERAGE-BANDWIDTH=${whole},${shape}`,
      `${rung}/index.m3u8`,
      `#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=${still},AVERAGE-BANDWIDTH=${still},${shape},URI="${rung}/iframes.m3u8"`,
    );
  }
  await fs.writeFile(path.join(folder, 'master.m3u8'), `${master.join('\n')}\n`);
}

/** One entry of an I-frame playlist. */
export function iframe(offset: number, file: string): string {
  return `#EXTINF:1.000000,\n#EXT-X-BYTERANGE:${IFRAME_BYTES}@${offset}\n${file}\n`;
}

function head(version: number, tags: string): string {
  return `#EXTM3U\n#EXT-X-VERSION:${version}\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n${tags}`;
}
