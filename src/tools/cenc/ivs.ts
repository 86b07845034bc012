import { createHmac } from 'node:crypto';

/**
 * Initialization vectors. They are public, and a function of the key and of where they are used, so that a segment has the
 * same bytes on every machine and in every run.
 *
 * cbcs has one for a rendition (ISO/IEC 23001-7, 10.4): 16 bytes of HMAC-SHA-256 under the key.
 *
 * In cenc no counter block may ever come twice under one key: whoever has two samples encrypted with the same one has their
 * difference. The counter is the sample's IV of 64 bits and the block's number of 64 bits in it (9.3), so it is the IVs that
 * must differ. Sample n of segment i has base + i·2^16 + n: within a rendition they differ by construction, for a million
 * segments of 65536 samples each, which is 2^36 IVs from a base of 64 bits of the HMAC. Two renditions under one key could
 * only meet where their bases are nearer than 2^36 (about 1 in 10^8 for a pair): `overlapping` finds that, and then nothing
 * is encrypted. A rendition's id has a hash over all that decides its bytes, and its source: another encode has other IVs.
 */

const SAMPLES_BITS = 16n;
const SEGMENTS_BITS = 20n;
const RANGE = 1n << (SAMPLES_BITS + SEGMENTS_BITS);
const WHOLE = 1n << 64n;

export const MOST_SAMPLES = Number(1n << SAMPLES_BITS);
export const MOST_SEGMENTS = Number(1n << SEGMENTS_BITS);

/** 16 bytes. `rendition`: its id. */
export function cbcsIv(key: Uint8Array, rendition: string): Buffer {
  return derive(key, 'cbcs', rendition).subarray(0, 16);
}

/** Of the first sample of a segment, 8 bytes. Throws RangeError beyond the last segment that can have one. */
export function cencIv(key: Uint8Array, rendition: string, segment: number): Buffer {
  if (segment < 0 || segment >= MOST_SEGMENTS) throw new RangeError(`segment ${segment} has no IV`);
  return asBytes((baseOf(key, rendition) + (BigInt(segment) << SAMPLES_BITS)) % WHOLE);
}

/** Of the nth sample after the one that has `first`. */
export function ivAfter(first: Buffer, n: number): Buffer {
  return asBytes((first.readBigUInt64BE() + BigInt(n)) % WHOLE);
}

/** Two renditions among these that could come to the same IVs of cenc under this key; null: none. */
export function overlapping(key: Uint8Array, renditions: readonly string[]): readonly [string, string] | null {
  const bases = renditions.map((id) => ({ id, base: baseOf(key, id) }));
  for (const [i, one] of bases.entries()) {
    for (const other of bases.slice(i + 1)) {
      const distance = (other.base - one.base + WHOLE) % WHOLE;
      if (distance < RANGE || WHOLE - distance < RANGE) return [one.id, other.id];
    }
  }
  return null;
}

function baseOf(key: Uint8Array, rendition: string): bigint {
  return derive(key, 'cenc', rendition).readBigUInt64BE();
}

function derive(key: Uint8Array, scheme: string, rendition: string): Buffer {
  return createHmac('sha256', key).update(`mediactl iv ${scheme} ${rendition}`).digest();
}

function asBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
