import { AAC_SAMPLE_RATES } from '../coded/aac-rates.js';
import { broken } from './broken.js';

const HEADER_BYTES = 7;

/**
 * Counts the AAC frames of an ADTS stream (ISO/IEC 14496-3 1.A.2), whose frames may lie across packets: it leaps from
 * header to header. Throws MediactlError('encode-failed') where a header is not where the last one said.
 */
export class AdtsReader {
  /** Frames (raw data blocks of 1024 samples) whose header was seen. */
  frames = 0;
  sampleRate = 0;
  codecs = '';
  readonly #bytes: Uint8Array;
  readonly #header = new Uint8Array(HEADER_BYTES);
  #have = 0;
  #left = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The last frame is whole. */
  get atBoundary(): boolean {
    return this.#have === 0 && this.#left === 0;
  }

  /** The stream goes on with bytes [from, to). */
  feed(from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, to - at);
        this.#left -= step;
        at += step;
      } else {
        this.#header[this.#have++] = this.#bytes[at++] ?? 0;
        if (this.#have === HEADER_BYTES) this.#open();
      }
    }
  }

  #open(): void {
    const [sync = 0, fixed = 0, profile = 0, size0 = 0, size1 = 0, size2 = 0, blocks = 0] = this.#header;
    // Twelve bits of sync, then one of MPEG version, then a layer that is always 0.
    if (sync !== 0xff || (fixed & 0xf6) !== 0xf0) throw broken(`audio frame ${this.frames} has no ADTS header`);
    const bytes = ((size0 & 0x3) << 11) | (size1 << 3) | (size2 >>> 5);
    const sampleRate = AAC_SAMPLE_RATES[(profile >>> 2) & 0xf];
    if (bytes < HEADER_BYTES || sampleRate === undefined) throw broken(`audio frame ${this.frames} has a wrong header`);
    if (this.frames > 0 && sampleRate !== this.sampleRate) throw broken('its sample rate changes');
    this.sampleRate = sampleRate;
    this.codecs = `mp4a.40.${(profile >>> 6) + 1}`;
    this.frames += (blocks & 0x3) + 1;
    this.#have = 0;
    this.#left = bytes - HEADER_BYTES;
  }
}
