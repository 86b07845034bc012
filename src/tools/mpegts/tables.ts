import { broken } from './broken.js';
import type { PacketReader } from './packets.js';

export interface ElementaryStream {
  readonly pid: number;
  /** stream_type, ISO/IEC 13818-1 table 2-34: 0x1b H.264, 0x0f AAC in ADTS. */
  readonly type: number;
}

/** PID of the first program's map (PMT), from the packet that holds the program association table. */
export function readPat(packet: PacketReader): number {
  const section = sectionOf(packet, 0x00, 'PAT');
  for (let at = section.start + 8; at + 4 <= section.end; at += 4) {
    const program = packet.view.getUint16(at);
    if (program !== 0) return packet.view.getUint16(at + 2) & 0x1fff;
  }
  throw broken('its PAT names no program');
}

/** The program's streams, from the packet that holds the program map table. */
export function readPmt(packet: PacketReader): ElementaryStream[] {
  const { view } = packet;
  const section = sectionOf(packet, 0x02, 'PMT');
  const streams: ElementaryStream[] = [];
  let at = section.start + 12 + (view.getUint16(section.start + 10) & 0xfff);
  while (at + 5 <= section.end) {
    streams.push({ type: view.getUint8(at), pid: view.getUint16(at + 1) & 0x1fff });
    at += 5 + (view.getUint16(at + 3) & 0xfff);
  }
  if (streams.length === 0) throw broken('its PMT names no stream');
  return streams;
}

/** Bytes of the section without its CRC. A table of one program with one or two streams fits one packet. */
function sectionOf(packet: PacketReader, tableId: number, name: string): { start: number; end: number } {
  const { view, payloadStart } = packet;
  if (!packet.unitStart || payloadStart >= packet.end) throw broken(`its ${name} is cut off`);
  const start = payloadStart + 1 + view.getUint8(payloadStart);
  if (start + 12 > packet.end || view.getUint8(start) !== tableId) throw broken(`its ${name} cannot be read`);
  const end = start + 3 + (view.getUint16(start + 1) & 0xfff) - 4;
  if (end + 4 > packet.end) throw broken(`its ${name} is longer than one packet`);
  return { start, end };
}
