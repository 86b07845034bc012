import { createDecipheriv } from 'node:crypto';
import { broken } from '../mp4/broken.js';
import { readFragments } from '../mp4/fragments.js';
import { readSampleEncryption, type SampleEncryption, type Subsample } from './sample-encryption.js';
import { readTrackEncryption, type TrackEncryption } from './track-encryption.js';

/**
 * The samples of a segment as they were before it was encrypted, one after the other. It knows nothing of codecs: what is
 * encrypted is what the file says is. Throws MediactlError('encode-failed') where that is not sound.
 */
export function* decryptSamples(bytes: Buffer, init: Buffer, key: Uint8Array): Generator<Buffer, void> {
  const track = readTrackEncryption(init);
  if (!track) throw broken('it is not encrypted');
  for (const { start, samples, data } of readFragments(bytes)) {
    const told = readSampleEncryption(bytes, start, track.ivBytes) ?? [];
    if (told.length > 0 && told.length !== samples.length) throw broken('it does not say how each sample is encrypted');
    if (told.length === 0 && track.ivBytes > 0) throw broken('its samples have no IV');
    let at = data;
    for (const [i, sample] of samples.entries()) {
      yield decryptSample(bytes.subarray(at, at + sample.bytes), told[i] ?? WHOLE, track, key);
      at += sample.bytes;
    }
  }
}

const WHOLE: SampleEncryption = { iv: Buffer.alloc(0), subsamples: [] };

function decryptSample(
  sample: Buffer,
  { iv, subsamples }: SampleEncryption,
  track: TrackEncryption,
  key: Uint8Array,
): Buffer {
  const pieces = subsamples.length === 0 ? [{ clear: 0, encrypted: sample.length }] : subsamples;
  const told = pieces.reduce((sum, { clear, encrypted }) => sum + clear + encrypted, 0);
  if (told !== sample.length) throw broken('the pieces of a sample are not all of it');
  switch (track.scheme) {
    case 'cenc':
      return counterMode(sample, pieces, iv, key);
    case 'cbcs':
      return patternMode(sample, pieces, track, key);
  }
}

/** ISO/IEC 23001-7, 9.5: the pieces of a sample are one stream of counters. */
function counterMode(sample: Buffer, pieces: readonly Subsample[], iv: Buffer, key: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-128-ctr', key, Buffer.concat([iv, Buffer.alloc(16 - iv.length)]));
  const clear = Buffer.from(sample);
  let at = 0;
  for (const piece of pieces) {
    at += piece.clear;
    cipher.update(sample.subarray(at, at + piece.encrypted)).copy(clear, at);
    at += piece.encrypted;
  }
  return clear;
}

const BLOCK = 16;

/** 9.6 and 10.4: each piece begins anew with the constant IV; what is left over of a block stays clear. */
function patternMode(
  sample: Buffer,
  pieces: readonly Subsample[],
  { constantIv, pattern }: TrackEncryption,
  key: Uint8Array,
): Buffer {
  const clear = Buffer.from(sample);
  let at = 0;
  for (const piece of pieces) {
    at += piece.clear;
    const blocks = encryptedBlocks(at, piece.encrypted, pattern);
    const cipher = createDecipheriv('aes-128-cbc', key, constantIv).setAutoPadding(false);
    const decrypted = cipher.update(Buffer.concat(blocks.map(([from, to]) => sample.subarray(from, to))));
    let read = 0;
    for (const [from, to] of blocks) {
      decrypted.copy(clear, from, read, read + to - from);
      read += to - from;
    }
    at += piece.encrypted;
  }
  return clear;
}

function encryptedBlocks(
  start: number,
  length: number,
  { crypt, skip }: TrackEncryption['pattern'],
): (readonly [from: number, to: number])[] {
  const whole = length - (length % BLOCK);
  if (crypt === 0) return whole === 0 ? [] : [[start, start + whole]];
  const found: [number, number][] = [];
  for (let at = start; at + crypt * BLOCK <= start + length; at += (crypt + skip) * BLOCK) {
    found.push([at, at + crypt * BLOCK]);
  }
  return found;
}
