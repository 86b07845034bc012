import { broken } from './broken.js';

/** ISO/IEC 13818-1 2.4.3.2. */
export const PACKET_BYTES = 188;

/** Continuity counters of one PID, from its first packet with a payload to its last. */
export interface CounterRun {
  readonly first: number;
  readonly last: number;
}

/**
 * A cursor over the packets of a transport stream. next() moves to the following packet and fills the fields; no
 * object is made per packet, because this runs over every byte that is published.
 * Throws MediactlError('encode-failed') on bytes that are not whole packets, on a lost sync byte, on packets marked
 * as damaged and on scrambled ones.
 */
export class PacketReader {
  /** Of the packet, from the start of the bytes. */
  offset = -PACKET_BYTES;
  pid = 0;
  /** A PES or a table section starts in this packet. */
  unitStart = false;
  /** The payload is [payloadStart, end); empty when the packet only carries an adaptation field. */
  payloadStart = 0;
  end = 0;
  /** Gaps in the continuity counters so far. */
  discontinuities = 0;
  readonly view: DataView;
  readonly #size: number;
  /** First counter of each PID that was seen, and last per PID. */
  readonly #firsts = new Map<number, number>();
  readonly #counters = new Int8Array(0x2000).fill(-1);

  constructor(bytes: Uint8Array) {
    if (bytes.length === 0) throw broken('it is empty');
    const rest = bytes.length % PACKET_BYTES;
    if (rest !== 0) throw broken(`its last packet has ${rest} of ${PACKET_BYTES} bytes`);
    this.#size = bytes.length;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  next(): boolean {
    this.offset += PACKET_BYTES;
    const { offset, view } = this;
    if (offset >= this.#size) return false;

    const header = view.getUint32(offset);
    if (header >>> 24 !== 0x47) throw broken(`no sync byte at ${offset}`);
    if ((header & 0x80_0000) !== 0) throw broken(`the packet at ${offset} is marked as damaged`);
    if ((header & 0xc0) !== 0) throw broken(`the packet at ${offset} is scrambled`);
    this.pid = (header >>> 8) & 0x1fff;
    this.unitStart = (header & 0x40_0000) !== 0;
    this.end = offset + PACKET_BYTES;
    this.payloadStart = offset + 4;

    let announcedJump = false;
    if ((header & 0x20) !== 0) {
      const length = view.getUint8(offset + 4);
      if (length > 183) throw broken(`the adaptation field at ${offset} is too long`);
      this.payloadStart += 1 + length;
      announcedJump = length > 0 && (view.getUint8(offset + 5) & 0x80) !== 0;
    }
    const hasPayload = (header & 0x10) !== 0;
    if (!hasPayload) this.payloadStart = this.end;
    else if (this.pid !== 0x1fff) this.#count(header & 0xf, announcedJump);
    return true;
  }

  /** The counters of each PID that had a payload so far. */
  counterRuns(): Map<number, CounterRun> {
    const runs = new Map<number, CounterRun>();
    for (const [pid, first] of this.#firsts) runs.set(pid, { first, last: this.#counters[pid] ?? first });
    return runs;
  }

  /** The counter goes up by one with every packet that has a payload (13818-1 2.4.3.3). */
  #count(counter: number, announcedJump: boolean): void {
    const last = this.#counters[this.pid] ?? -1;
    if (last !== -1 && !announcedJump && counter !== ((last + 1) & 0xf)) this.discontinuities++;
    if (last === -1) this.#firsts.set(this.pid, counter);
    this.#counters[this.pid] = counter;
  }
}
