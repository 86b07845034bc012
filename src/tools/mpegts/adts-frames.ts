import { AAC_SAMPLE_RATES } from '../coded/aac-rates.js';
import type { AacFormat } from '../coded/coded-segment.js';
import { broken } from './broken.js';

const HEADER_BYTES = 7;

/** The frames of an ADTS stream (ISO/IEC 14496-3 1.A.2) that came in these pieces. */
export interface AdtsFrames {
  readonly format: AacFormat;
  /** Without their headers. */
  readonly frames: readonly Buffer[];
  /** Of each piece, which frame is the first to begin in it; null: none does. */
  readonly starts: readonly (number | null)[];
}

/** Throws MediactlError('encode-failed') where a header is not where the last one said, or says something else. */
export function splitAdts(pieces: readonly Buffer[]): AdtsFrames {
  const whole = Buffer.concat(pieces);
  const frames: Buffer[] = [];
  const begins: number[] = [];
  let format: AacFormat | null = null;
  for (let at = 0; at < whole.length;) {
    if (at + HEADER_BYTES > whole.length) throw broken('its last audio frame is cut off');
    const header = readHeader(whole.subarray(at, at + HEADER_BYTES), frames.length);
    if (format && !isSame(format, header)) throw broken(`its sound changes at audio frame ${frames.length}`);
    format = header;
    if (at + header.bytes > whole.length) throw broken('its last audio frame is cut off');
    begins.push(at);
    frames.push(whole.subarray(at + header.headerBytes, at + header.bytes));
    at += header.bytes;
  }
  if (!format) throw broken('it has no audio frame');
  const { objectType, sampleRate, channels } = format;
  return { format: { objectType, sampleRate, channels }, frames, starts: startsOf(pieces, begins) };
}

function startsOf(pieces: readonly Buffer[], begins: readonly number[]): (number | null)[] {
  let from = 0;
  let next = 0;
  return pieces.map((piece) => {
    const to = from + piece.length;
    while (next < begins.length && (begins[next] ?? 0) < from) next++;
    const isIn = next < begins.length && (begins[next] ?? 0) < to;
    from = to;
    return isIn ? next : null;
  });
}

interface Header extends AacFormat {
  readonly bytes: number;
  readonly headerBytes: number;
}

function readHeader(header: Buffer, frame: number): Header {
  const [sync = 0, fixed = 0, profile = 0, size0 = 0, size1 = 0, size2 = 0, blocks = 0] = header;
  if (sync !== 0xff || (fixed & 0xf6) !== 0xf0) throw broken(`audio frame ${frame} has no ADTS header`);
  const bytes = ((size0 & 0x3) << 11) | (size1 << 3) | (size2 >>> 5);
  const sampleRate = AAC_SAMPLE_RATES[(profile >>> 2) & 0xf];
  const headerBytes = (fixed & 1) === 1 ? HEADER_BYTES : HEADER_BYTES + 2;
  if (bytes < headerBytes || sampleRate === undefined) throw broken(`audio frame ${frame} has a wrong header`);
  if ((blocks & 0x3) !== 0) throw broken(`audio frame ${frame} has several blocks behind one header`);
  const channels = ((profile & 1) << 2) | (size0 >>> 6);
  return { bytes, headerBytes, objectType: (profile >>> 6) + 1, sampleRate, channels };
}

function isSame(a: AacFormat, b: AacFormat): boolean {
  return a.objectType === b.objectType && a.sampleRate === b.sampleRate && a.channels === b.channels;
}

/** A frame's header. Throws RangeError for a format that ADTS cannot tell. */
export function adtsHeader({ objectType, sampleRate, channels }: AacFormat, frameBytes: number): Buffer {
  const rate = AAC_SAMPLE_RATES.indexOf(sampleRate);
  const bytes = frameBytes + HEADER_BYTES;
  if (rate === -1 || objectType < 1 || objectType > 4 || channels > 7 || bytes >= 1 << 13) {
    throw new RangeError('ADTS has no header for this sound');
  }
  const sizes = [((channels & 3) << 6) | (bytes >>> 11), (bytes >>> 3) & 0xff, ((bytes & 7) << 5) | 0x1f];
  // A rate of its own for each frame: the buffer is told to be as full as anybody likes.
  return Buffer.from([0xff, 0xf1, ((objectType - 1) << 6) | (rate << 2) | (channels >>> 2), ...sizes, 0xfc]);
}
