import { broken } from './broken.js';
import type { PacketReader } from './packets.js';

export interface PesStart {
  /** 90 kHz ticks, 33 bits. */
  readonly pts: number;
  /** When it is decoded, in the same way; `pts` where the header says nothing else. */
  readonly dts: number;
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
  const pts = readTime(view, at + 9);
  const hasDts = (view.getUint8(at + 7) & 0x40) !== 0 && headerBytes >= 10;
  return {
    pts,
    dts: hasDts ? readTime(view, at + 14) : pts,
    dataStart,
    dataBytes: length === 0 ? null : length - 3 - headerBytes,
  };
}

function readTime(view: DataView, at: number): number {
  const high = (view.getUint8(at) >>> 1) & 0x7;
  return high * 2 ** 30 + (view.getUint16(at + 1) >>> 1) * 2 ** 15 + (view.getUint16(at + 3) >>> 1);
}
