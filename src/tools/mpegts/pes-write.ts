import { PTS_MODULUS } from './clock.js';
import { PACKET_BYTES } from './packets.js';
import { STREAM_PID } from './tables-write.js';

/** One PES packet (ISO/IEC 13818-1 2.4.3.6). Times in ticks of 90 kHz. */
export interface Pes {
  readonly streamId: number;
  readonly pts: number;
  readonly dts: number;
  /** A clock reference goes with it; null: none. */
  readonly clock: number | null;
  /** A receiver may begin here. */
  readonly isKey: boolean;
  readonly data: readonly Buffer[];
  /** It tells its length; a picture need not. */
  readonly sized: boolean;
}

/** Cuts PES packets up into packets of a transport stream, with counters from 0 on. */
export class PesWriter {
  readonly packets: Buffer[] = [];
  #counter = 0;

  write({ streamId, pts, dts, clock, isKey, data, sized }: Pes): void {
    const length = data.reduce((sum, { length: bytes }) => sum + bytes, 0);
    const header = pesHeader(streamId, pts, dts, sized ? length : null);
    const adaptation = adaptationField(clock, isKey);
    const total = header.length + length;
    const first = PACKET_BYTES - 4 - adaptation.length;
    const count = total <= first ? 1 : 1 + Math.ceil((total - first) / (PACKET_BYTES - 4));
    const bytes = Buffer.allocUnsafe(count * PACKET_BYTES);
    // It stands at the end first, and moves up packet by packet: no packet reaches into what is still to be moved.
    let from = bytes.length - total;
    let at = from;
    for (const part of [header, ...data]) {
      bytes.set(part, at);
      at += part.length;
    }
    for (let i = 0; i < count; i++) {
      const start = i * PACKET_BYTES;
      const field = i === 0 ? adaptation.length : 0;
      const room = PACKET_BYTES - 4 - field;
      const stuffing = Math.max(0, room - (bytes.length - from));
      const to = start + 4 + field + stuffing;
      const end = from + room - stuffing;
      bytes.copyWithin(to, from, end);
      from = end;
      bytes[start] = 0x47;
      bytes[start + 1] = (i === 0 ? 0x40 : 0) | (STREAM_PID >>> 8);
      bytes[start + 2] = STREAM_PID & 0xff;
      bytes[start + 3] = (field + stuffing > 0 ? 0x30 : 0x10) | this.#counter;
      this.#counter = (this.#counter + 1) & 0xf;
      if (field > 0) adaptation.copy(bytes, start + 4);
      if (stuffing > 0) stuff(bytes, start + 4, field, stuffing);
    }
    this.packets.push(bytes);
  }
}

/** Fills a packet up: an adaptation field that is there grows, else there is one that says nothing. */
function stuff(bytes: Buffer, at: number, field: number, stuffing: number): void {
  bytes.fill(0xff, at + field, at + field + stuffing);
  bytes[at] = field + stuffing - 1;
  if (field === 0 && stuffing > 1) bytes[at + 1] = 0;
}

const [RANDOM_ACCESS, HAS_CLOCK] = [0x40, 0x10];

/** 2.4.3.4. */
function adaptationField(clock: number | null, isKey: boolean): Buffer {
  if (clock === null && !isKey) return Buffer.alloc(0);
  const flags = (isKey ? RANDOM_ACCESS : 0) | (clock === null ? 0 : HAS_CLOCK);
  if (clock === null) return Buffer.from([1, flags]);
  const base = turned(clock);
  const field = Buffer.alloc(8);
  field.set([7, flags]);
  field.writeUInt32BE(Math.floor(base / 2), 2);
  field.writeUInt16BE(((base % 2) << 15) | 0x7e00, 6);
  return field;
}

function pesHeader(streamId: number, pts: number, dts: number, dataBytes: number | null): Buffer {
  const times = pts === dts ? [time(2, pts)] : [time(3, pts), time(1, dts)];
  const headerBytes = times.length * 5;
  const length = dataBytes === null ? 0 : dataBytes + 3 + headerBytes;
  const head = Buffer.from([
    0,
    0,
    1,
    streamId,
    length >>> 8,
    length & 0xff,
    0x80,
    times.length === 1 ? 0x80 : 0xc0,
    headerBytes,
  ]);
  return Buffer.concat([head, ...times]);
}

function time(mark: number, ticks: number): Buffer {
  const value = turned(ticks);
  const high = Math.floor(value / 2 ** 30);
  const middle = Math.floor(value / 2 ** 15) & 0x7fff;
  const low = value % 2 ** 15;
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8((mark << 4) | (high << 1) | 1, 0);
  bytes.writeUInt16BE((middle << 1) | 1, 1);
  bytes.writeUInt16BE((low << 1) | 1, 3);
  return bytes;
}

/** Of 33 bits. */
function turned(ticks: number): number {
  return ((ticks % PTS_MODULUS) + PTS_MODULUS) % PTS_MODULUS;
}
