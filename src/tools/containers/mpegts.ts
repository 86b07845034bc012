import { packagingOf } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import { chunkFrame, frameClock } from '../coded/frame-clock.js';
import { nearestTurn, TICKS_PER_SECOND } from '../mpegts/clock.js';
import { continueCounters } from '../mpegts/counters.js';
import { stuffTinySegment } from '../mpegts/null-packets.js';
import { readTransportStream } from '../mpegts/read-coded.js';
import { scanTransportStream } from '../mpegts/scan.js';
import { transportMuxing } from '../mpegts/segment-args.js';
import { writeTransportStream } from '../mpegts/write-coded.js';
import type { ClosedBytes, Container, SegmentPlace } from './container.js';

/** MPEG-2 transport streams, ISO/IEC 13818-1, as HLS has them (RFC 8216 3.2): one elementary stream per segment. */
export const mpegts: Container = {
  extension: 'ts',
  init: null,
  // Each packet of 188 bytes has a header, and the last of a picture is filled up.
  overhead: 1.07,
  timescale: () => TICKS_PER_SECOND,
  muxing: transportMuxing,
  // One after the other: all segments of a rendition are one stream.
  join: (segment, next) => Buffer.concat([segment, next]),
  isEmpty: (bytes) => bytes.length === 0,
  scan(bytes, _, near) {
    const { video, audio } = scanTransportStream(bytes);
    return {
      video: video && {
        frames: video.frames,
        first: nearestTurn(video.firstPts, near),
        lead: nearestTurn(video.firstPts - video.firstDts, 0),
        codecs: video.codecs,
        keyframes: video.keyframes.map(({ offset, bytes: length, pts }) => ({
          offset,
          bytes: length,
          time: nearestTurn(pts, near),
        })),
      },
      audio: audio && { frames: audio.frames, first: nearestTurn(audio.firstPts, near), codecs: audio.codecs },
    };
  },
  close: closeTransport,
  read(bytes, _, segment) {
    const clock = frameClock(segment);
    const begins = segment.index * toNumber(segment.plan.grid.segmentSeconds) * TICKS_PER_SECOND;
    return readTransportStream(bytes, clock, clock.zero + begins);
  },
  write(coded, segment, place) {
    const { zeroSeconds } = packagingOf(segment.plan, segment.rendition);
    const { frame } = frameClock(segment);
    const bytes = writeTransportStream(coded, { frame, zeroSeconds, chunkFrame: chunkFrame(segment) });
    return closeTransport(bytes, place);
  },
};

function closeTransport(bytes: Buffer, place: SegmentPlace): ClosedBytes {
  const continued = continueCounters(bytes, place);
  return { bytes: stuffTinySegment(continued.bytes), carry: continued.carry, init: null };
}
