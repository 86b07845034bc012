import { sectionCrc } from './crc32.js';
import { PACKET_BYTES } from './packets.js';

/** PIDs of a transport stream of one program with one elementary stream, as FFmpeg's muxer chooses them. */
export const STREAM_PID = 0x100;
const [PAT_PID, SDT_PID, PMT_PID] = [0, 0x11, 0x1000];

/** ISO/IEC 13818-1 table 2-34: H.264, AAC in ADTS. */
const STREAM_TYPES = { video: 0x1b, audio: 0x0f } as const;

/**
 * The packets at the start of each segment: SDT, PAT and PMT (RFC 8216 3.2 wants the last two), to the byte those of
 * FFmpeg's muxer, so that it does not show which of two programs has written a segment.
 */
export function writeTables(kind: 'video' | 'audio'): Buffer[] {
  const stream = [STREAM_TYPES[kind], ...pid(STREAM_PID), 0xf0, 0];
  const service = [1, ...Buffer.from('\x06FFmpeg\x09Service01', 'latin1')];
  const sdt = [0, 1, 0xc1, 0, 0, 0xff, 1, 0xff, 0, 1, 0xfc, 0x80, service.length + 2, 0x48, service.length, ...service];
  return [
    packet(SDT_PID, section(0x42, 0xf0, sdt)),
    packet(PAT_PID, section(0, 0xb0, [0, 1, 0xc1, 0, 0, 0, 1, ...pid(PMT_PID, 0xf0)])),
    packet(PMT_PID, section(2, 0xb0, [0, 1, 0xc1, 0, 0, ...pid(STREAM_PID), 0xf0, 0, ...stream])),
  ];
}

function pid(value: number, flags = 0xe0): number[] {
  return [flags | (value >>> 8), value & 0xff];
}

function section(table: number, flags: number, body: readonly number[]): Buffer {
  const length = body.length + 4;
  const bytes = Buffer.from([table, flags | (length >>> 8), length & 0xff, ...body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(sectionCrc(bytes));
  return Buffer.concat([bytes, sum]);
}

function packet(at: number, body: Buffer): Buffer {
  const bytes = Buffer.alloc(PACKET_BYTES, 0xff);
  bytes.set([0x47, 0x40 | (at >>> 8), at & 0xff, 0x10, 0]);
  bytes.set(body, 5);
  return bytes;
}
