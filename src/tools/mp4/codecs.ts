import { findBox, openFullBox, type Box } from './boxes.js';
import { broken } from './broken.js';

/** Bytes of a sample entry before the boxes in it: ISO/IEC 14496-12, 12.1.3 (video) and 12.2.3 (audio). */
export const VIDEO_ENTRY = 78;
export const AUDIO_ENTRY = 28;

/**
 * The CODECS string of a sample entry, whose type is its original format where it is encrypted. By RFC 6381 3.3 (AVC, MPEG-4
 * audio), ISO/IEC 14496-15 annex E (HEVC), the AV1 binding to ISO base media 5, and for others their registered name.
 * Throws MediactlError('encode-failed') where the entry does not say.
 */
export function codecsOf(bytes: Buffer, type: string, entry: Box): string {
  switch (type) {
    case 'avc1':
    case 'avc3':
      return `${type}.${hex(config(bytes, entry, VIDEO_ENTRY, 'avcC', 4).subarray(1, 4)).toUpperCase()}`;
    case 'hvc1':
    case 'hev1':
      return `${type}.${hevc(config(bytes, entry, VIDEO_ENTRY, 'hvcC', 23))}`;
    case 'av01':
      return `av01.${av1(config(bytes, entry, VIDEO_ENTRY, 'av1C', 4), colors(bytes, entry))}`;
    case 'mp4a':
      return `mp4a.${mpeg4Audio(config(bytes, entry, AUDIO_ENTRY, 'esds', 4).subarray(4))}`;
    case 'ac-3':
    case 'ec-3':
    case 'Opus':
    case 'fLaC':
      return type;
    default:
      throw broken('its codec is not known');
  }
}

function config(bytes: Buffer, entry: Box, head: number, type: string, least: number): Buffer {
  const box = findBox(bytes, type, Math.min(entry.body + head, entry.end), entry.end);
  if (!box || box.end - box.body < least) throw broken(`there is no ${type} that says what its codec is`);
  return bytes.subarray(box.body, box.end);
}

/** Profile, the flags of compatible profiles with their bits in reverse, tier and level, constraints without trailing 0s. */
function hevc(hvcC: Buffer): string {
  const general = hvcC.readUInt8(1);
  const space = ['', 'A', 'B', 'C'][general >>> 6] ?? '';
  const compatible = Array.from({ length: 32 }, (_, bit) => (hvcC.readUInt32BE(2) >>> bit) & 1).join('');
  const flags = Number.parseInt(compatible, 2).toString(16).toUpperCase();
  const tier = (general & 0x20) === 0 ? 'L' : 'H';
  const constraints = [...hvcC.subarray(6, 12)];
  while (constraints.at(-1) === 0) constraints.pop();
  const tail = constraints.map((byte) => `.${byte.toString(16).toUpperCase()}`).join('');
  return `${space}${general & 0x1f}.${flags}.${tier}${hvcC.readUInt8(12)}${tail}`;
}

interface Colors {
  readonly codes: readonly number[];
  readonly fullRange: boolean;
}

/** What follows the bit depth is left out where all of it is what it is without being said. */
function av1(av1C: Buffer, { codes, fullRange }: Colors): string {
  const [, second = 0, third = 0] = av1C;
  const isHigh = (third & 0x40) !== 0;
  const depth = isHigh ? ((third & 0x20) === 0 ? 10 : 12) : 8;
  const level = String(second & 0x1f).padStart(2, '0');
  const base = `${second >>> 5}.${level}${(third & 0x80) === 0 ? 'M' : 'H'}.${String(depth).padStart(2, '0')}`;
  const mono = (third >>> 4) & 1;
  const [x, y] = [(third >>> 3) & 1, (third >>> 2) & 1];
  const chroma = `${x}${y}${x === 1 && y === 1 ? third & 3 : 0}`;
  const color = codes.map((code) => String(code).padStart(2, '0')).join('.');
  const rest = `${mono}.${chroma}.${color}.${fullRange ? 1 : 0}`;
  return rest === '0.110.01.01.01.0' ? base : `${base}.${rest}`;
}

function colors(bytes: Buffer, entry: Box): Colors {
  const colr = findBox(bytes, 'colr', Math.min(entry.body + VIDEO_ENTRY, entry.end), entry.end);
  if (!colr || colr.end - colr.body < 11 || bytes.toString('latin1', colr.body, colr.body + 4) !== 'nclx') {
    return { codes: [1, 1, 1], fullRange: false };
  }
  const at = colr.body + 4;
  const codes = [0, 2, 4].map((field) => bytes.readUInt16BE(at + field));
  return { codes, fullRange: bytes.readUInt8(at + 6) >= 0x80 };
}

/** Object type of the stream and of its audio: ISO/IEC 14496-1, 7.2.6 and 14496-3, 1.6.2.1. */
function mpeg4Audio(descriptors: Buffer): string {
  const stream = descriptor(descriptors, 0x03);
  const flags = stream[2] ?? 0;
  const skipped = 3 + ((flags & 0x80) === 0 ? 0 : 2) + ((flags & 0x40) === 0 ? 0 : 1 + (stream[3] ?? 0));
  const decoder = descriptor(stream.subarray(skipped), 0x04);
  const objectType = decoder[0];
  if (objectType === undefined) throw broken('box "esds" does not say what its codec is');
  if (objectType !== 0x40) return hex(decoder.subarray(0, 1));
  const [first = 0, second = 0] = descriptor(decoder.subarray(13), 0x05);
  const type = first >>> 3;
  return `40.${type === 31 ? 32 + ((first & 7) << 3) + (second >>> 5) : type}`;
}

/** The content of the descriptor that begins these bytes. Its size is told in bytes of seven bits. */
export function descriptor(bytes: Buffer, tag: number): Buffer {
  if (bytes[0] !== tag) throw broken('box "esds" does not say what its codec is');
  let size = 0;
  let at = 1;
  for (let byte = 0x80; byte >= 0x80 && at <= 4; at++) {
    byte = bytes[at] ?? 0;
    size = size * 128 + (byte & 0x7f);
  }
  return bytes.subarray(at, at + size);
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}

/** The format of a sample entry before it was encrypted: ISO/IEC 14496-12, 8.12.2. */
export function originalFormat(bytes: Buffer, entry: Box): string {
  const heads: Readonly<Record<string, number>> = { encv: VIDEO_ENTRY, enca: AUDIO_ENTRY };
  const head = heads[entry.type];
  if (head === undefined) return entry.type;
  const sinf = findBox(bytes, 'sinf', Math.min(entry.body + head, entry.end), entry.end);
  const frma = sinf && findBox(bytes, 'frma', sinf.body, sinf.end);
  if (!frma || frma.end - frma.body < 4) throw broken('it is encrypted and does not say what it was');
  return bytes.toString('latin1', frma.body, openFullBox(bytes, frma, 0).at);
}
