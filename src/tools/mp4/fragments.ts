import { boxesIn, findBox, openFullBox, requireBox, type Box } from './boxes.js';
import { broken } from './broken.js';

/** A movie fragment of one track with its media data, ISO/IEC 14496-12, 8.8. */
export interface Fragment {
  /** Of its moof. */
  readonly start: number;
  /** Decode time of its first sample, ticks of the track; below 0 where a muxer has written an early one as 64 bits. */
  readonly time: number;
  readonly samples: readonly Sample[];
  /** Its first sample's bytes; the others follow one after the other. */
  readonly data: number;
}

export interface Sample {
  readonly bytes: number;
  /** Ticks. */
  readonly duration: number;
  readonly flags: number;
  /** Presentation time minus decode time, ticks. */
  readonly offset: number;
}

/** 8.8.3.1: a sample that cannot be decoded without others. */
const NON_SYNC = 0x10000;

export function isSync({ flags }: Sample): boolean {
  return (flags & NON_SYNC) === 0;
}

/** The fragments of a segment in order. Throws MediactlError('encode-failed') where it is not sound. */
export function readFragments(bytes: Buffer): Fragment[] {
  const fragments: Fragment[] = [];
  let moof: Box | null = null;
  for (const box of boxesIn(bytes)) {
    if (box.type === 'moof') {
      if (moof) throw broken('a fragment has no media data');
      moof = box;
    } else if (box.type === 'mdat') {
      if (!moof) throw broken('there is media data without a fragment');
      fragments.push(readFragment(bytes, moof, box));
      moof = null;
    }
  }
  if (moof) throw broken('its last fragment has no media data');
  return fragments;
}

function readFragment(bytes: Buffer, moof: Box, mdat: Box): Fragment {
  const traf = requireBox(bytes, ['traf'], moof);
  if (findBox(bytes, 'traf', traf.end, moof.end)) throw broken('a fragment has more than one track');
  const defaults = readDefaults(bytes, requireBox(bytes, ['tfhd'], traf));
  const time = readTime(bytes, requireBox(bytes, ['tfdt'], traf));
  const trun = requireBox(bytes, ['trun'], traf);
  if (findBox(bytes, 'trun', trun.end, traf.end)) throw broken('a fragment has more than one run of samples');
  const { offset, samples } = readRun(bytes, trun, defaults);
  const data = moof.start + offset;
  const end = samples.reduce((sum, sample) => sum + sample.bytes, data);
  if (samples.length === 0) throw broken('a fragment has no sample');
  if (data < mdat.body || end > mdat.end) throw broken('samples lie outside of the media data');
  return { start: moof.start, time, samples, data };
}

interface Defaults {
  readonly duration: number | null;
  readonly bytes: number | null;
  readonly flags: number | null;
}

/** 8.8.7. Offsets are only counted from the moof ("default-base-is-moof"), as CMAF has it. */
function readDefaults(bytes: Buffer, tfhd: Box): Defaults {
  const { flags, at } = openFullBox(bytes, tfhd, 4);
  if ((flags & 0x20001) !== 0x20000) throw broken('its offsets do not count from the fragment');
  let next = at + 4 + ((flags & 0x2) === 0 ? 0 : 4);
  const field = (bit: number): number | null => {
    if ((flags & bit) === 0) return null;
    if (next + 4 > tfhd.end) throw broken('box "tfhd" is too short');
    next += 4;
    return bytes.readUInt32BE(next - 4);
  };
  return { duration: field(0x8), bytes: field(0x10), flags: field(0x20) };
}

function readTime(bytes: Buffer, tfdt: Box): number {
  const { version, at } = openFullBox(bytes, tfdt, 4);
  if (version === 0) return bytes.readUInt32BE(at);
  const { at: long } = openFullBox(bytes, tfdt, 8);
  const time = Number(bytes.readBigInt64BE(long));
  if (!Number.isSafeInteger(time)) throw broken('a fragment begins at a time beyond all bounds');
  return time;
}

/** 8.8.8. */
function readRun(bytes: Buffer, trun: Box, defaults: Defaults): { offset: number; samples: Sample[] } {
  const { version, flags, at } = openFullBox(bytes, trun, 4);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  if (!has(0x1)) throw broken('a run of samples does not say where they are');
  const count = bytes.readUInt32BE(at);
  const [duration, size, flag, offset] = [has(0x100), has(0x200), has(0x400), has(0x800)];
  const width = 4 * [duration, size, flag, offset].filter(Boolean).length;
  const samplesAt = at + 8 + (has(0x4) ? 4 : 0);
  // Of silence all samples are alike, and take no byte in the box: their data bounds how many there can be.
  if (width === 0 && count > 1 && !fits(count, defaults.bytes, bytes)) throw broken('a run has more samples than data');
  if (samplesAt + count * width > trun.end) throw broken('box "trun" is too short');
  const first = has(0x4) ? bytes.readUInt32BE(at + 8) : null;
  const samples: Sample[] = [];
  let next = samplesAt;
  const field = (isThere: boolean): number | null => (isThere ? bytes.readUInt32BE((next += 4) - 4) : null);
  for (let i = 0; i < count; i++) {
    const sampleDuration = field(duration) ?? defaults.duration;
    const sampleBytes = field(size) ?? defaults.bytes;
    const sampleFlags = field(flag) ?? (i === 0 ? first : null) ?? defaults.flags;
    const unsigned = field(offset) ?? 0;
    if (sampleDuration === null || sampleBytes === null) throw broken('a sample has no duration or no size');
    samples.push({
      bytes: sampleBytes,
      duration: sampleDuration,
      flags: sampleFlags ?? 0,
      offset: version === 0 ? unsigned : unsigned | 0,
    });
  }
  return { offset: bytes.readInt32BE(at + 4), samples };
}

function fits(count: number, each: number | null, { length }: Buffer): boolean {
  return each !== null && each > 0 && count * each <= length;
}
