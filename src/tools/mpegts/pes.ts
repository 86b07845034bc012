import { broken } from './broken.js';
import type { PacketReader } from './packets.js';

export interface PesStart {
  /** 90 kHz ticks, 33 bits. */
  readonly pts: number;
  /** Where the elementary stream's bytes start in this packet. */
  readonly dataStart: number;
  /** Bytes of the elementary stream in the whole PES; null when it does not say (video). */
  readonly dataBytes: number | null;
}

/** Reads the header of the PES that starts in `packet` (ISO/IEC 13818-1 2.4.3.6); it must carry a PTS. */
export function readPesStart(packet: PacketReader): PesStart {
  const { view, payloadStart: at } = packet;
  if (at + 14 > packet.end || view.getUint16(at) !== 0 || view.getUint8(at + 2) !== 1) {
    throw broken(`no PES header in the packet at ${packet.offset}`);
  }
  if ((view.getUint8(at + 7) & 0x80) === 0) throw broken(`the PES at ${packet.offset} has no presentation time`);
  const length = view.getUint16(at + 4);
  const headerBytes = view.getUint8(at + 8);
  const dataStart = at + 9 + headerBytes;
  if (dataStart > packet.end) throw broken(`the PES header at ${packet.offset} is cut off`);
  const high = (view.getUint8(at + 9) >>> 1) & 0x7;
  const middle = view.getUint16(at + 10) >>> 1;
  const low = view.getUint16(at + 12) >>> 1;
  return {
    pts: high * 2 ** 30 + middle * 2 ** 15 + low,
    dataStart,
    dataBytes: length === 0 ? null : length - 3 - headerBytes,
  };
}
