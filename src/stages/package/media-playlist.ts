import type { Keyframe, Segment } from '../../model/artifact.js';
import { printSeconds } from './figures.js';

/** Head of a media playlist of whole MPEG-TS segments: nothing in it needs more than protocol version 3. */
export function mediaPlaylistHead(targetSeconds: number): string {
  return head(3, targetSeconds, []);
}

/** Head of an I-frame playlist; EXT-X-I-FRAMES-ONLY and byte ranges need protocol version 4 (RFC 8216 7). */
export function iframePlaylistHead(targetSeconds: number): string {
  return head(4, targetSeconds, ['#EXT-X-I-FRAMES-ONLY']);
}

/** One segment; `micros` from PlaylistClock. */
export function segmentEntry(segment: Segment, micros: number): string {
  return `#EXTINF:${printSeconds(micros)},\n${encodeURIComponent(segment.file)}\n`;
}

/** One I-frame. The tables at the segment's start are outside its range; players find them there (RFC 8216 4.3.3.6). */
export function iframeEntry(segment: Segment, keyframe: Keyframe, micros: number): string {
  return (
    `#EXTINF:${printSeconds(micros)},\n#EXT-X-BYTERANGE:${keyframe.bytes}@${keyframe.offset}\n` +
    `${encodeURIComponent(segment.file)}\n`
  );
}

/** VOD playlists end, and say so (Apple HLS authoring 8.6). */
export const PLAYLIST_END = '#EXT-X-ENDLIST\n';

/**
 * How long each I-frame of a segment stays on screen in trick play, microseconds: to the next I-frame, the last one to
 * the end of the segment, where on the grid the next segment's first I-frame is. The sum is the segment's length.
 */
export function iframeMicros(segment: Segment, timescale: number, micros: number): number[] {
  const starts = segment.keyframes.map(({ time }) => Math.round(((time - segment.start) * 1e6) / timescale));
  return starts.map((start, i) => (starts[i + 1] ?? micros) - start);
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
