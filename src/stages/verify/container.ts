import { posix } from 'node:path';
import type { ByteRange } from '../../tools/m3u8-media.js';
import { PACKET_BYTES } from '../../tools/mpegts/packets.js';
import { scanTransportStream, type TransportScan } from '../../tools/mpegts/scan.js';

/** What the check of a title knows of the files that segments are in. */
export interface SegmentContainer {
  /** What is wrong with the byte range of an I-frame, by itself; null: nothing. */
  iframeFault(range: ByteRange): string | null;
  /** Reads a whole segment. Throws MediactlError when it is not sound. */
  scan(bytes: Uint8Array): TransportScan;
}

/** By the extension of a segment's file. Another container is another row. */
const CONTAINERS: ReadonlyMap<string, SegmentContainer> = new Map([
  [
    '.ts',
    {
      // RFC 8216 4.3.3.6: the tables are outside the range; players find them at the start of the file.
      iframeFault: ({ offset, bytes }: ByteRange) =>
        offset === 0 || offset % PACKET_BYTES !== 0 || bytes % PACKET_BYTES !== 0
          ? 'is no run of packets after PAT and PMT'
          : null,
      scan: scanTransportStream,
    },
  ],
]);

/** Null: segments in such files are judged by their playlists and sizes only. */
export function containerOf(path: string): SegmentContainer | null {
  return CONTAINERS.get(posix.extname(path)) ?? null;
}
