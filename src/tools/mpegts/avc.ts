/**
 * Looks into the access units of an H.264 byte stream (ITU-T H.264 annex B) just far enough to tell what they are:
 * up to the first slice. The rest of each picture is skipped, so this costs next to nothing.
 */
export class AccessUnitReader {
  /** What the unit's picture is: an IDR (NAL type 5), another picture, or nothing found so far. */
  slice: 'idr' | 'other' | 'none' = 'none';
  /** From an SPS in this unit: "avc1.64001F", profile, constraints and level as RFC 6381 3.3 wants; null without one. */
  codecs: string | null = null;
  readonly #bytes: Uint8Array;
  /** Last three bytes, to find 00 00 01 across packets. */
  #last = 0xff_ffff;
  #header = false;
  #spsBytes = 0;
  #sps = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A new access unit starts. */
  open(): void {
    this.slice = 'none';
    this.codecs = null;
    this.#last = 0xff_ffff;
    this.#header = false;
    this.#spsBytes = 0;
  }

  /** The unit goes on with bytes [from, to). */
  feed(from: number, to: number): void {
    if (this.slice !== 'none') return;
    for (let at = from; at < to; at++) {
      const byte = this.#bytes[at] ?? 0;
      if (this.#header) {
        this.#header = false;
        const type = byte & 0x1f;
        if (type === 5 || type === 1 || type === 2) {
          this.slice = type === 5 ? 'idr' : 'other';
          return;
        }
        if (type === 7) this.#spsBytes = 3;
      } else if (this.#spsBytes > 0) {
        this.#sps = ((this.#sps << 8) | byte) & 0xff_ffff;
        if (--this.#spsBytes === 0) this.codecs ??= `avc1.${hex(this.#sps)}`;
      }
      this.#last = ((this.#last << 8) | byte) & 0xff_ffff;
      if (this.#last === 1) this.#header = true;
    }
  }
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(6, '0');
}
