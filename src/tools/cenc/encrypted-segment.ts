import { boxesIn, requireBox } from '../mp4/boxes.js';
import { broken } from '../mp4/broken.js';
import { readFragments, type Fragment } from '../mp4/fragments.js';
import { writeFragment } from '../mp4/write-fragment.js';
import { readSampleEncryption, type SampleEncryption } from './sample-encryption.js';

interface EncryptedSample {
  readonly data: Buffer;
  readonly encryption: SampleEncryption;
}

/**
 * A closed segment with its samples encrypted: all else of it stays, fragment by fragment, as it was closed. The encrypted
 * samples, and how they are, are taken from a segment with the same ones that another program has made of it. Throws
 * MediactlError('encode-failed') where these are not the same samples.
 */
export function encryptedSegment(closed: Buffer, foreign: Buffer, ivBytes: 0 | 8): Buffer {
  const samples = encryptedSamples(foreign, ivBytes);
  const [first] = boxesIn(closed);
  const parts: Buffer[] = first?.type === 'styp' ? [closed.subarray(first.start, first.end)] : [];
  for (const fragment of readFragments(closed)) {
    const own = fragment.samples.map(({ bytes }) => {
      const { value: sample } = samples.next();
      if (sample?.data.length !== bytes) throw broken('encryption has changed the size of a sample, or their number');
      return sample;
    });
    parts.push(headOf(closed, fragment, own), ...own.map(({ data }) => data));
  }
  if (samples.next().done !== true) throw broken('encryption has made more samples');
  return Buffer.concat(parts);
}

function headOf(closed: Buffer, { start, time, samples }: Fragment, own: readonly EncryptedSample[]): Buffer {
  const mfhd = requireBox(closed, ['moof', 'mfhd'], { body: start, end: closed.length });
  return writeFragment({
    sequence: closed.readUInt32BE(mfhd.body + 4),
    time,
    sampleDuration: samples[0]?.duration ?? 0,
    samples,
    encryption: own.map(({ encryption }) => encryption),
  });
}

function* encryptedSamples(foreign: Buffer, ivBytes: 0 | 8): Generator<EncryptedSample, undefined> {
  for (const { start, samples, data } of readFragments(foreign)) {
    const told = readSampleEncryption(foreign, start, ivBytes);
    if (told === null) throw broken('it is not encrypted');
    let at = data;
    for (const [i, { bytes }] of samples.entries()) {
      yield { data: foreign.subarray(at, at + bytes), encryption: told[i] ?? NOTHING_TOLD };
      at += bytes;
    }
  }
  return undefined;
}

const NOTHING_TOLD: SampleEncryption = { iv: Buffer.alloc(0), subsamples: [] };
