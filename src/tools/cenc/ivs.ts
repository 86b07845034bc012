import { createHash, createHmac } from 'node:crypto';

/**
 * Initialization vectors. They are public, and a function of the key and of what is encrypted, so that a segment has the same
 * bytes on every machine and in every run.
 *
 * cbcs has one for a rendition (ISO/IEC 23001-7, 10.4): 16 bytes of HMAC-SHA-256 under the key.
 *
 * In cenc no counter block may ever come twice under one key: whoever has two samples encrypted with the same one has their
 * difference. The counter is the sample's IV of 64 bits and the block's number of 64 bits in it (9.3), so it is the IVs that
 * must differ. A segment's first one is 64 bits of HMAC-SHA-256 over the rendition, the index and the clear bytes; sample n
 * has that and n more. The clear bytes are part of it because names are no proof: another FFmpeg may give other bytes to a
 * segment of the same name, and these must not have the IVs of the ones that somebody has kept. Two segments under one key
 * could meet only by chance: of 10 000 with 300 samples each, once in some 10^9 titles.
 */

/** 16 bytes. `rendition`: its id. */
export function cbcsIv(key: Uint8Array, rendition: string): Buffer {
  return derive(key, `cbcs ${rendition}`).subarray(0, 16);
}

/** Of the first sample of a segment, 8 bytes. `clear`: the segment as it is before it is encrypted. */
export function cencIv(key: Uint8Array, rendition: string, segment: number, clear: Buffer): Buffer {
  const content = createHash('sha256').update(clear).digest('hex');
  return derive(key, `cenc ${rendition} ${segment} ${content}`).subarray(0, 8);
}

/** Of the nth sample after the one that has `first`. */
export function ivAfter(first: Buffer, n: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE((first.readBigUInt64BE() + BigInt(n)) % WHOLE);
  return bytes;
}

const WHOLE = 1n << 64n;

function derive(key: Uint8Array, what: string): Buffer {
  return createHmac('sha256', key).update(`mediactl iv ${what}`).digest();
}
