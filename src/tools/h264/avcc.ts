import type { AvcParameters } from '../coded/coded-segment.js';
import { readSps } from './sps.js';

/** Profiles whose record says at its end how colours are sampled. */
const PLAIN = new Set([66, 77, 88]);

/** AVCDecoderConfigurationRecord, ISO/IEC 14496-15, 5.3.3.1, with lengths of four bytes. Throws RangeError. */
export function writeAvcConfig({ sps, pps }: AvcParameters): Buffer {
  const [first] = sps;
  if (!first || pps.length === 0) throw new RangeError('there are no parameter sets');
  const { profile, constraints, level, chromaFormat, lumaDepth, chromaDepth } = readSps(first);
  const more = PLAIN.has(profile) ? [] : [0xfc | chromaFormat, 0xf8 | (lumaDepth - 8), 0xf8 | (chromaDepth - 8), 0];
  return Buffer.concat([
    Buffer.from([1, profile, constraints, level, 0xff, 0xe0 | sps.length]),
    ...sps.flatMap(withLength),
    Buffer.from([pps.length]),
    ...pps.flatMap(withLength),
    Buffer.from(more),
  ]);
}

function withLength(set: Buffer): Buffer[] {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(set.length);
  return [length, set];
}

/** The parameter sets of such a record; null where it is not sound, or its lengths have not four bytes. */
export function readAvcConfig(record: Buffer): AvcParameters | null {
  if (record.length < 7 || (record.readUInt8(4) & 3) !== 3) return null;
  let at = 5;
  const sets = (count: number): Buffer[] | null => {
    const found: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      if (at + 2 > record.length) return null;
      const end = at + 2 + record.readUInt16BE(at);
      if (end > record.length) return null;
      found.push(record.subarray(at + 2, end));
      at = end;
    }
    return found;
  };
  const sps = sets(record.readUInt8(at++) & 0x1f);
  if (!sps || at >= record.length) return null;
  const pps = sets(record.readUInt8(at++));
  return pps && sps.length > 0 && pps.length > 0 ? { sps, pps } : null;
}
