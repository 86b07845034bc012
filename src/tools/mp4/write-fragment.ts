import { sampleEncryptionBoxes, type SampleEncryption } from '../cenc/sample-encryption.js';
import { makeBox, makeFullBox, u32 } from './boxes.js';
import type { Sample } from './fragments.js';

/** What a fragment is to say. All samples last equally long. */
export interface FragmentToWrite {
  /** Of the movie fragment header, from 1 on. */
  readonly sequence: number;
  /** Decode time of the first sample, ticks. */
  readonly time: number;
  /** Ticks. */
  readonly sampleDuration: number;
  readonly samples: readonly Pick<Sample, 'bytes' | 'flags' | 'offset'>[];
  /** Of each sample; null: they are clear. */
  readonly encryption: readonly SampleEncryption[] | null;
}

/** Track of all files: each has one. */
export const TRACK = 1;

/**
 * A moof, and the head of the mdat that the samples are to follow, always written alike: which of several ways a muxer
 * takes to say the same depends on its version. As CMAF has it (ISO/IEC 23000-19, 7.5): offsets from the moof, times of 64
 * bits, composition offsets with a sign.
 */
export function writeFragment({ sequence, time, sampleDuration, samples, encryption }: FragmentToWrite): Buffer {
  const [first, second] = samples;
  const flags = second?.flags ?? first?.flags ?? 0;
  const isUsual = samples.every((sample, i) => i === 0 || sample.flags === flags);
  const hasOffsets = samples.some(({ offset }) => offset !== 0);
  const mfhd = makeFullBox('mfhd', 0, 0, u32(sequence));
  const tfhd = makeFullBox('tfhd', 0, 0x20000 | 0x8 | 0x20, u32(TRACK, sampleDuration, flags));
  const long = Buffer.alloc(8);
  long.writeBigInt64BE(BigInt(time));
  const tfdt = makeFullBox('tfdt', 1, 0, long);
  const runFlags = 0x1 | 0x200 | (isUsual ? 0x4 : 0x400) | (hasOffsets ? 0x800 : 0);
  const entries = samples.flatMap(({ bytes, flags: own, offset }) => [
    bytes,
    ...(isUsual ? [] : [own]),
    ...(hasOffsets ? [offset >>> 0] : []),
  ]);
  const run = (dataOffset: number): Buffer =>
    makeFullBox(
      'trun',
      1,
      runFlags,
      u32(samples.length, dataOffset, ...(isUsual ? [first?.flags ?? 0] : []), ...entries),
    );
  const before = BOX_HEAD + mfhd.length + BOX_HEAD + tfhd.length + tfdt.length + run(0).length;
  const protection = encryption === null ? [] : [sampleEncryptionBoxes(encryption, before)];
  const moof = (dataOffset: number): Buffer =>
    makeBox('moof', mfhd, makeBox('traf', tfhd, tfdt, run(dataOffset), ...protection));
  const dataBytes = samples.reduce((sum, { bytes }) => sum + bytes, 0);
  const mdat = Buffer.concat([u32(MDAT_HEAD + dataBytes), Buffer.from('mdat', 'latin1')]);
  return Buffer.concat([moof(moof(0).length + MDAT_HEAD), mdat]);
}

const BOX_HEAD = 8;
const MDAT_HEAD = 8;
