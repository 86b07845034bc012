import { broken } from './broken.js';
import { PACKET_BYTES, PacketReader } from './packets.js';
import { stretchTail } from './stretch.js';
import { readPat } from './tables.js';

/** Where a segment stands among those whose counters it goes on from. */
export interface CounterPlace {
  /** Of the segment in its title. */
  readonly index: number;
  /** The elementary stream's first counter: what the segment before it in the chunk gave; 0 at a chunk's start. */
  readonly carry: number;
  /** The segment is the last of its chunk: the stream's counter is to come round to 0. */
  readonly endsChunk: boolean;
}

export interface ContinuedCounters {
  readonly bytes: Buffer;
  /** The counter with which the stream goes on in the next segment; after the end of a chunk 0, if there was room. */
  readonly carry: number;
}

/**
 * Makes the continuity counters of a segment, which FFmpeg begins at 0 in each file, go on from those of the segment
 * before (RFC 8216 3), for a segment of one elementary stream. What a segment's counters are depends on nothing but its
 * index and the chunk that it is in:
 *
 * - of PAT, PMT and SDT one copy stays, at the segment's start (RFC 8216 3.2 asks for no more; FFmpeg repeats PAT and PMT
 *   before each keyframe), and its counter is the segment's index modulo 16;
 * - the stream's counter runs on through a chunk, and the chunk's last segment is filled up with packets until it has
 *   come round to 0, where each chunk begins.
 *
 * Gaps stay gaps: scanTransportStream finds them. Works in `bytes`, which must not be used any more afterwards. Throws
 * MediactlError('encode-failed') where PacketReader does, and for a second elementary stream.
 */
export function continueCounters(bytes: Buffer, { index, carry, endsChunk }: CounterPlace): ContinuedCounters {
  const packets = new PacketReader(bytes);
  const tables = new Set<number>();
  let pmtPid: number | null = null;
  let stream: number | null = null;
  let shift = 0;
  let next = carry;
  let size = 0;
  while (packets.next()) {
    const { offset, pid } = packets;
    if (pid === 0) pmtPid ??= readPat(packets);
    const control = bytes.readUInt8(offset + 3);
    let counter = control & 0xf;
    if (pid < 0x20 || pid === pmtPid) {
      if (tables.has(pid)) continue;
      tables.add(pid);
      counter = index & 0xf;
    } else if (pid !== NULL_PID) {
      if (stream === null) {
        stream = pid;
        shift = carry - counter;
      }
      if (pid !== stream) throw broken('it has several streams');
      counter = (counter + shift) & 0xf;
      if (packets.payloadStart < packets.end) next = (counter + 1) & 0xf;
    }
    bytes.writeUInt8((control & 0xf0) | counter, offset + 3);
    if (size < offset) bytes.copyWithin(size, offset, packets.end);
    size += PACKET_BYTES;
  }
  const kept = bytes.subarray(0, size);
  if (!endsChunk || next === 0 || stream === null) return { bytes: kept, carry: next };
  const stretched = stretchTail(kept, stream, 16 - next);
  return { bytes: stretched.bytes, carry: (next + stretched.added) & 0xf };
}

/** ISO/IEC 13818-1 2.4.3.3: its counters mean nothing. */
const NULL_PID = 0x1fff;
