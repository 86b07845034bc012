import { join } from 'node:path';
import type { Artifact, Keyframe, Segment } from '../../../model/artifact.js';
import type { Rendition } from '../../../model/rendition.js';
import { containerOf } from '../../../tools/containers/containers.js';
import { printSeconds } from '../figures.js';
import { ManifestFile } from '../manifest-file.js';
import type { TimedSegment } from '../manifest-writer.js';

export const INDEX = 'index.m3u8';
export const IFRAMES = 'iframes.m3u8';

/** The media playlist of a rendition, and the I-frame playlist of one of video, as they grow. */
export class RenditionPlaylists {
  readonly #id: string;
  readonly #index: ManifestFile;
  /** Null: a rendition without pictures. */
  readonly #iframes: ManifestFile | null;

  private constructor(id: string, index: ManifestFile, iframes: ManifestFile | null) {
    this.#id = id;
    this.#index = index;
    this.#iframes = iframes;
  }

  /** `keys`: tags that say how the segments are encrypted. */
  static async create(
    rendition: Rendition,
    folder: string,
    targetSeconds: number,
    keys: readonly string[],
  ): Promise<RenditionPlaylists> {
    const { id } = rendition;
    const index = await ManifestFile.create(join(folder, id, INDEX));
    const iframes = hasIframes(rendition) ? await ManifestFile.create(join(folder, id, IFRAMES)) : null;
    const { init } = containerOf(rendition);
    const map = init === null ? [] : [`#EXT-X-MAP:URI="${encodeURIComponent(init)}"`];
    // Whole MPEG-TS segments need no more than protocol version 3; EXT-X-I-FRAMES-ONLY and byte ranges need 4 (RFC 8216 7).
    // Fragmented MP4 is said to be of version 7 by all who make and read it.
    // A key holds for the initialization segments that come after it, and ours are clear: RFC 8216 4.3.2.4.
    await index.write(head(init === null ? 3 : 7, targetSeconds, [...map, ...keys]));
    await iframes?.write(head(init === null ? 4 : 7, targetSeconds, ['#EXT-X-I-FRAMES-ONLY', ...map, ...keys]));
    return new RenditionPlaylists(id, index, iframes);
  }

  async add({ segment, micros, keyframeMicros }: TimedSegment): Promise<void> {
    await this.#index.write(segmentEntry(segment, micros));
    if (!this.#iframes) return;
    for (const [i, keyframe] of segment.keyframes.entries()) {
      await this.#iframes.write(iframeEntry(segment, keyframe, keyframeMicros[i] ?? 0));
    }
  }

  /** They end, say so (Apple HLS authoring 8.6), and appear under their names. */
  async close(): Promise<Artifact[]> {
    const artifacts: Artifact[] = [];
    for (const [name, file] of [
      [INDEX, this.#index],
      [IFRAMES, this.#iframes],
    ] as const) {
      if (!file) continue;
      await file.write('#EXT-X-ENDLIST\n');
      await file.commit();
      artifacts.push({ path: `${this.#id}/${name}`, class: 'media-playlist', file: file.path, bytes: file.bytes });
    }
    return artifacts;
  }

  async discard(): Promise<void> {
    await this.#index.discard();
    await this.#iframes?.discard();
  }
}

function hasIframes({ kind }: Rendition): boolean {
  switch (kind) {
    case 'video':
      return true;
    case 'audio':
      return false;
  }
}

/** `micros` from PlaylistClock. */
function segmentEntry(segment: Segment, micros: number): string {
  return `#EXTINF:${printSeconds(micros)},\n${encodeURIComponent(segment.file)}\n`;
}

/** Tables at the segment's start, or EXT-X-MAP, are outside the range; players find them there (RFC 8216 4.3.3.6). */
function iframeEntry(segment: Segment, keyframe: Keyframe, micros: number): string {
  return (
    `#EXTINF:${printSeconds(micros)},\n#EXT-X-BYTERANGE:${keyframe.bytes}@${keyframe.offset}\n` +
    `${encodeURIComponent(segment.file)}\n`
  );
}

function head(version: number, targetSeconds: number, extra: readonly string[]): string {
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${version}`,
    `#EXT-X-TARGETDURATION:${targetSeconds}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...extra,
    '',
  ].join('\n');
}
