import { findBox, makeFullBox, openFullBox, requireBox, u32, type Box } from '../mp4/boxes.js';
import { broken } from '../mp4/broken.js';

/** How a sample is encrypted: ISO/IEC 23001-7, 7.2. */
export interface SampleEncryption {
  /** Of the sample; empty where all have the constant one of their track. */
  readonly iv: Buffer;
  /** Empty: the whole sample is encrypted. */
  readonly subsamples: readonly Subsample[];
}

/** Bytes that are clear, and those that follow and are encrypted. */
export interface Subsample {
  readonly clear: number;
  readonly encrypted: number;
}

const HAS_SUBSAMPLES = 0x2;

/**
 * What the fragment that begins at `start` says of each of its samples; `ivBytes`: of each sample's IV, by the track.
 * Null: it says nothing. Throws MediactlError('encode-failed') where the box is not sound.
 */
export function readSampleEncryption(bytes: Buffer, start: number, ivBytes: number): SampleEncryption[] | null {
  const traf = requireBox(bytes, ['moof', 'traf'], { body: start, end: bytes.length });
  const senc = findBox(bytes, 'senc', traf.body, traf.end);
  return senc && readEntries(bytes, senc, ivBytes);
}

function readEntries(bytes: Buffer, senc: Box, ivBytes: number): SampleEncryption[] {
  const { flags, at } = openFullBox(bytes, senc, 4);
  const count = bytes.readUInt32BE(at);
  let next = at + 4;
  const take = (length: number): number => {
    next += length;
    if (next > senc.end) throw broken('box "senc" is too short');
    return next - length;
  };
  const hasSubsamples = (flags & HAS_SUBSAMPLES) !== 0;
  // Entries of no bytes at all say nothing that is not known.
  if (ivBytes === 0 && !hasSubsamples) return [];
  const entries: SampleEncryption[] = [];
  for (let i = 0; i < count; i++) {
    const ivAt = take(ivBytes);
    const iv = bytes.subarray(ivAt, ivAt + ivBytes);
    const pieces = hasSubsamples ? bytes.readUInt16BE(take(2)) : 0;
    const subsamples = Array.from({ length: pieces }, () => {
      const pieceAt = take(6);
      return { clear: bytes.readUInt16BE(pieceAt), encrypted: bytes.readUInt32BE(pieceAt + 2) };
    });
    entries.push({ iv, subsamples });
  }
  return entries;
}

/**
 * The boxes of a track fragment that say how its samples are encrypted (saiz, saio, senc; 7.1 to 7.3), the offset counted
 * from the fragment's start. `at`: where in the fragment they begin. None where there is nothing to say of a sample.
 */
export function sampleEncryptionBoxes(samples: readonly SampleEncryption[], at: number): Buffer {
  const entries = samples.map(entryOf);
  const sizes = entries.map(({ length }) => length);
  const [size = 0] = sizes;
  if (sizes.every((each) => each === 0)) return Buffer.alloc(0);
  const isUniform = sizes.every((each) => each === size);
  const count = u32(samples.length);
  const saiz = makeFullBox(
    'saiz',
    0,
    0,
    Buffer.from([isUniform ? size : 0]),
    count,
    Buffer.from(isUniform ? [] : sizes),
  );
  const hasSubsamples = samples.some(({ subsamples }) => subsamples.length > 0);
  const senc = makeFullBox('senc', 0, hasSubsamples ? HAS_SUBSAMPLES : 0, count, ...entries);
  const offset = at + saiz.length + SAIO_BYTES + SENC_HEAD;
  return Buffer.concat([saiz, makeFullBox('saio', 0, 0, u32(1), u32(offset)), senc]);
}

const SAIO_BYTES = 20;
const SENC_HEAD = 16;

function entryOf({ iv, subsamples }: SampleEncryption): Buffer {
  if (subsamples.length === 0) return iv;
  const pieces = Buffer.alloc(2 + 6 * subsamples.length);
  pieces.writeUInt16BE(subsamples.length);
  for (const [i, { clear, encrypted }] of subsamples.entries()) {
    pieces.writeUInt16BE(clear, 2 + 6 * i);
    pieces.writeUInt32BE(encrypted, 4 + 6 * i);
  }
  const entry = Buffer.concat([iv, pieces]);
  if (entry.length > 255) throw broken('a picture has more pieces than can be told of one sample');
  return entry;
}
