import { sectionCrc } from '../../tools/mpegts/crc32.js';
import type { RandomAccess } from './container-structure.js';

/** A stream of a transport stream whose map names another codec from a place of the file on. */
export interface CodecChange {
  readonly pid: number;
  readonly from: string;
  readonly to: string;
  /** Where the new map stands, bytes. */
  readonly at: number;
}

const PACKET = 188;
/** From packet to packet: plain ones; Blu-ray's with a time stamp before each; with error correction after each. */
const STRIDES = [188, 192, 204];
const SYNC = 0x47;
const BLOCK_BYTES = 1 << 20;
/** Of a remote file so many blocks, spread over it, are read; a local one is read to its end for its times, too. */
const DISTANT_BLOCKS = 8;

/**
 * Reads the program maps of a transport stream (ISO/IEC 13818-1 2.4.4): a stream that keeps its PID may be
 * given another codec in mid-recording, of which FFmpeg says nothing.
 */
export async function findCodecChanges(file: RandomAccess, signal?: AbortSignal): Promise<CodecChange[]> {
  const maps = new Maps();
  const blocks = Math.max(1, Math.ceil(file.bytes / BLOCK_BYTES));
  const step = file.distant === true ? Math.max(1, Math.floor(blocks / DISTANT_BLOCKS)) : 1;
  // Blocks that follow each other go on with the packet that the one before has cut.
  let rest = Buffer.alloc(0);
  for (let block = 0; block < blocks; block += step) {
    signal?.throwIfAborted();
    const at = block * BLOCK_BYTES;
    const read = await file.read(at, BLOCK_BYTES);
    const bytes = step === 1 ? Buffer.concat([rest, read]) : read;
    const left = maps.take(bytes, at + read.length - bytes.length);
    rest = Buffer.from(bytes.subarray(left));
  }
  return maps.changes;
}

class Maps {
  readonly changes: CodecChange[] = [];
  readonly #mapPids = new Set<number>();
  readonly #codecs = new Map<number, string>();
  #stride = PACKET;

  /** Whole packets of `bytes`, which stand at `base` of the file. Gives where the first that is not whole begins. */
  take(bytes: Buffer, base: number): number {
    let at = 0;
    while (at + PACKET <= bytes.length) {
      // At the start, and where packets were lost, the next one begins at a sync byte with another one behind it.
      if (!this.#isPacket(bytes, at)) {
        at += 1;
        continue;
      }
      const pid = (((bytes[at + 1] ?? 0) & 0x1f) << 8) | (bytes[at + 2] ?? 0);
      if (pid === 0 || this.#mapPids.has(pid)) this.#table(bytes.subarray(at, at + PACKET), pid, base + at);
      at += this.#stride;
    }
    return Math.min(at, bytes.length);
  }

  #isPacket(bytes: Buffer, at: number): boolean {
    if (bytes[at] !== SYNC) return false;
    if (at + this.#stride >= bytes.length || bytes[at + this.#stride] === SYNC) return true;
    const stride = STRIDES.find((one) => bytes[at + one] === SYNC && bytes[at + 2 * one] === SYNC);
    this.#stride = stride ?? this.#stride;
    return stride !== undefined;
  }

  #table(packet: Buffer, pid: number, at: number): void {
    const section = sectionOf(packet);
    if (section === null) return;
    if (pid === 0 && section[0] === 0x00) {
      for (let i = 8; i + 4 <= section.length - 4; i += 4) {
        if (section.readUInt16BE(i) !== 0) this.#mapPids.add(section.readUInt16BE(i + 2) & 0x1fff);
      }
    } else if (section[0] === 0x02) {
      for (const [stream, type] of streamsOf(section)) this.#meet(stream, CODECS.get(type) ?? null, at);
    }
  }

  #meet(pid: number, codec: string | null, at: number): void {
    if (codec === null) return;
    const before = this.#codecs.get(pid);
    this.#codecs.set(pid, codec);
    if (before !== undefined && before !== codec && this.changes.length < MOST) {
      this.changes.push({ pid, from: before, to: codec, at });
    }
  }
}

const MOST = 100;

/** By stream_type (table 2-34, and ATSC A/53); those that one decoder of FFmpeg decodes have one name. */
const CODECS: ReadonlyMap<number, string> = new Map([
  ...[0x01, 0x02].map((type) => [type, 'MPEG-2 video'] as const),
  ...[0x03, 0x04].map((type) => [type, 'MPEG audio'] as const),
  [0x0f, 'AAC'],
  [0x10, 'MPEG-4 video'],
  [0x11, 'AAC in LATM'],
  [0x1b, 'H.264'],
  [0x24, 'HEVC'],
  [0x33, 'VVC'],
  ...[0x81, 0x87].map((type) => [type, 'AC-3'] as const),
  [0x82, 'DTS'],
]);

/** A table's section that begins and ends in one packet, is valid now, and whose checksum is right; else null. */
function sectionOf(packet: Buffer): Buffer | null {
  const [, flags = 0, , control = 0] = packet;
  if ((flags & 0xc0) !== 0x40 || (control & 0x10) === 0) return null;
  const payload = 4 + ((control & 0x20) === 0 ? 0 : 1 + (packet[4] ?? 0));
  const start = payload + 1 + (packet[payload] ?? 0);
  if (start + 12 > PACKET) return null;
  const end = start + 3 + (packet.readUInt16BE(start + 1) & 0xfff);
  const section = packet.subarray(start, end);
  return end <= PACKET && ((section[5] ?? 0) & 1) === 1 && sectionCrc(section) === 0 ? section : null;
}

function* streamsOf(section: Buffer): Generator<readonly [pid: number, type: number]> {
  let at = 12 + (section.readUInt16BE(10) & 0xfff);
  while (at + 5 <= section.length - 4) {
    yield [section.readUInt16BE(at + 1) & 0x1fff, section[at] ?? 0];
    at += 5 + (section.readUInt16BE(at + 3) & 0xfff);
  }
}
