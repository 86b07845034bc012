import { PACKET_BYTES } from './packets.js';

/** Bytes of a packet after its header. */
const BODY_BYTES = PACKET_BYTES - 4;
/** A PES header with both of its time stamps, and a byte of data: some players want to see that much in the first packet. */
const FIRST_BYTES = 20;

export interface Stretched {
  readonly bytes: Buffer;
  /** Packets; fewer than were wanted where there are too few bytes to carry. */
  readonly added: number;
}

/**
 * Spreads the last bytes of elementary stream `pid` over `more` packets than they take, each with at least one byte: a
 * packet without payload would not count (ISO/IEC 13818-1 2.4.3.3). What is carried, its time stamps and its clock
 * references stay as they are; adaptation fields fill the packets up (2.4.3.5).
 */
export function stretchTail(bytes: Buffer, pid: number, more: number): Stretched {
  let from = bytes.length;
  let room = 0;
  while (from > 0 && room < more) {
    from -= PACKET_BYTES;
    room += roomIn(bytes.subarray(from, from + PACKET_BYTES), pid);
  }
  const added = Math.min(more, room);
  const packets: Buffer[] = [bytes.subarray(0, from)];
  let left = added;
  for (let at = from; at < bytes.length; at += PACKET_BYTES) {
    const packet = bytes.subarray(at, at + PACKET_BYTES);
    const extra = Math.min(left, roomIn(packet, pid));
    // What was added so far moves the counters of all that follows on the same stream.
    if (pidOf(packet) === pid) addToCounter(packet, added - left);
    packets.push(...split(packet, extra));
    left -= extra;
  }
  return { bytes: Buffer.concat(packets), added };
}

/** How many packets more the payload of this one could be carried in. */
function roomIn(packet: Buffer, pid: number): number {
  if (pidOf(packet) !== pid || (packet.readUInt8(3) & 0x10) === 0) return 0;
  const isStart = (packet.readUInt8(1) & 0x40) !== 0;
  return Math.max(0, PACKET_BYTES - payloadStart(packet) - (isStart ? FIRST_BYTES : 1));
}

/** The packet with all but its last `extra` bytes, and those in packets of their own. */
function split(packet: Buffer, extra: number): Buffer[] {
  if (extra === 0) return [packet];
  const end = PACKET_BYTES - extra;
  const start = payloadStart(packet);
  // Without its length, flags or stuffing: what an adaptation field that is there says.
  const said = start > 5 ? packet.subarray(5, start) : Buffer.alloc(0);
  const first = filled(packet.readUInt16BE(1), packet.readUInt8(3) & 0xf, said, packet.subarray(start, end));
  const pid = packet.readUInt16BE(1) & ~0x4000;
  const others = Array.from({ length: extra }, (_, i) => {
    const counter = (packet.readUInt8(3) + 1 + i) & 0xf;
    return filled(pid, counter, Buffer.alloc(0), packet.subarray(end + i, end + i + 1));
  });
  return [first, ...others];
}

/** A packet of fewer bytes than fit, behind an adaptation field that begins with `said` and is stuffed. */
function filled(flagsAndPid: number, counter: number, said: Buffer, payload: Buffer): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES, 0xff);
  packet.writeUInt8(0x47, 0);
  packet.writeUInt16BE(flagsAndPid, 1);
  packet.writeUInt8(0x30 | counter, 3);
  const length = BODY_BYTES - payload.length - 1;
  packet.writeUInt8(length, 4);
  if (length > 0) packet.writeUInt8(0, 5);
  packet.set(said, 5);
  packet.set(payload, PACKET_BYTES - payload.length);
  return packet;
}

function payloadStart(packet: Buffer): number {
  return (packet.readUInt8(3) & 0x20) === 0 ? 4 : 5 + packet.readUInt8(4);
}

function pidOf(packet: Buffer): number {
  return packet.readUInt16BE(1) & 0x1fff;
}

function addToCounter(packet: Buffer, more: number): void {
  const control = packet.readUInt8(3);
  packet.writeUInt8((control & 0xf0) | ((control + more) & 0xf), 3);
}
