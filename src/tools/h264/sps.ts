/** What is to be known of a sequence parameter set (ITU-T H.264, 7.3.2.1.1). */
export interface SpsFacts {
  readonly profile: number;
  readonly constraints: number;
  readonly level: number;
  /** Of the luma and chroma samples; 0 where its profile has no such field. */
  readonly chromaFormat: number;
  readonly lumaDepth: number;
  readonly chromaDepth: number;
  /** Pixels, without what is cut off. */
  readonly width: number;
  readonly height: number;
  /** Pictures that may stand between one and its place in the order of output; null: the set does not say. */
  readonly reordered: number | null;
}

/** Profiles whose sets say how colours are sampled. */
const HIGH = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** Reads the NAL unit of a sequence parameter set. Throws RangeError where it ends too soon. */
export function readSps(nal: Buffer): SpsFacts {
  const bits = new BitReader(withoutEmulation(nal.subarray(1)));
  const [profile, constraints, level] = [bits.read(8), bits.read(8), bits.read(8)];
  bits.unsigned();
  let [chromaFormat, lumaDepth, chromaDepth] = [1, 8, 8];
  if (HIGH.has(profile)) {
    chromaFormat = bits.unsigned();
    if (chromaFormat === 3) bits.read(1);
    lumaDepth = 8 + bits.unsigned();
    chromaDepth = 8 + bits.unsigned();
    bits.read(1);
    if (bits.read(1) === 1) skipScalingLists(bits, chromaFormat === 3 ? 12 : 8);
  }
  bits.unsigned();
  skipOrderCount(bits);
  bits.unsigned();
  bits.read(1);
  const across = bits.unsigned() + 1;
  const down = bits.unsigned() + 1;
  const framesOnly = bits.read(1);
  if (framesOnly === 0) bits.read(1);
  bits.read(1);
  const crop = bits.read(1) === 1 ? [0, 0, 0, 0].map(() => bits.unsigned()) : [0, 0, 0, 0];
  const [left = 0, right = 0, top = 0, bottom = 0] = crop;
  const [unitX, unitY] = [
    chromaFormat === 1 || chromaFormat === 2 ? 2 : 1,
    (chromaFormat === 1 ? 2 : 1) * (2 - framesOnly),
  ];
  return {
    profile,
    constraints,
    level,
    chromaFormat,
    lumaDepth,
    chromaDepth,
    width: across * 16 - (left + right) * unitX,
    height: down * 16 * (2 - framesOnly) - (top + bottom) * unitY,
    reordered: bits.read(1) === 1 ? readReordered(bits) : null,
  };
}

/** Of the usability information, annex E.1.1, all but what stands at its end is passed over. */
function readReordered(bits: BitReader): number | null {
  if (bits.read(1) === 1 && bits.read(8) === 255) bits.read(32);
  if (bits.read(1) === 1) bits.read(1);
  if (bits.read(1) === 1) {
    bits.read(4);
    if (bits.read(1) === 1) bits.read(24);
  }
  if (bits.read(1) === 1) {
    bits.unsigned();
    bits.unsigned();
  }
  if (bits.read(1) === 1) bits.read(65);
  const nal = bits.read(1) === 1;
  if (nal) skipHrd(bits);
  const vcl = bits.read(1) === 1;
  if (vcl) skipHrd(bits);
  if (nal || vcl) bits.read(1);
  bits.read(1);
  if (bits.read(1) === 0) return null;
  bits.read(1);
  for (let field = 0; field < 4; field++) bits.unsigned();
  return bits.unsigned();
}

function skipHrd(bits: BitReader): void {
  const count = bits.unsigned() + 1;
  bits.read(8);
  for (let i = 0; i < count; i++) {
    bits.unsigned();
    bits.unsigned();
    bits.read(1);
  }
  bits.read(20);
}

function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (bits.read(1) === 0) continue;
    let [last, next] = [8, 8];
    for (let i = 0; i < (list < 6 ? 16 : 64); i++) {
      if (next !== 0) next = (last + bits.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

function skipOrderCount(bits: BitReader): void {
  const type = bits.unsigned();
  if (type === 0) bits.unsigned();
  if (type !== 1) return;
  bits.read(1);
  bits.signed();
  bits.signed();
  const count = bits.unsigned();
  for (let i = 0; i < count; i++) bits.signed();
}

/** 7.4.1: a 3 after two zeros stands there only so that no start code is met. */
function withoutEmulation(bytes: Buffer): Buffer {
  const kept: number[] = [];
  let zeros = 0;
  for (const byte of bytes) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    kept.push(byte);
  }
  return Buffer.from(kept);
}

/** Bits from the highest on; numbers of 9.1. */
class BitReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    if (this.#at + count > this.#bytes.length * 8) throw new RangeError('a parameter set ends too soon');
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >>> 3] ?? 0) >>> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  unsigned(): number {
    let zeros = 0;
    while (this.read(1) === 0) if (++zeros > 32) throw new RangeError('a parameter set has a number beyond all bounds');
    return 2 ** zeros - 1 + this.read(zeros);
  }

  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
