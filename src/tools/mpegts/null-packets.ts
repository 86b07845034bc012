import { PACKET_BYTES } from './packets.js';

/** FFmpeg wants to see more than ten packets, of up to 204 bytes, before it is sure of a transport stream. */
const FEWEST_PACKETS = 16;

/**
 * Adds null packets (ISO/IEC 13818-1 2.4.3.3, PID 0x1FFF, which receivers drop) to a closed segment so short that
 * programs which look at it alone would take it for something else: a few frames of silence fill a single packet.
 */
export function stuffTinySegment(bytes: Buffer): Buffer {
  const missing = FEWEST_PACKETS - bytes.length / PACKET_BYTES;
  if (missing <= 0 || !Number.isInteger(missing)) return bytes;
  const packet = Buffer.alloc(PACKET_BYTES, 0xff);
  packet.set([0x47, 0x1f, 0xff, 0x10]);
  return Buffer.concat([bytes, ...Array.from({ length: missing }, () => packet)]);
}
