import { crc32c } from '@node-rs/crc32';
import { encodeCrc32c } from './crc32c.js';

/** Checksums of the blocks of a file, in whatever order they come, to be joined into that of the whole. */
export class BlockSums {
  readonly #bytes: number;
  readonly #blockBytes: number;
  readonly #sums: Uint32Array;
  readonly #known: Uint8Array;
  #missing: number;

  constructor(bytes: number, blockBytes: number) {
    const blocks = Math.ceil(bytes / blockBytes);
    this.#bytes = bytes;
    this.#blockBytes = blockBytes;
    this.#sums = new Uint32Array(blocks);
    this.#known = new Uint8Array(blocks);
    this.#missing = blocks;
  }

  /** Blocks that are known. */
  get count(): number {
    return this.#sums.length - this.#missing;
  }

  /** False when the same block had another sum before. */
  add(block: number, bytes: Uint8Array): boolean {
    const sum = crc32c(bytes) >>> 0;
    if (this.#known[block] === 1) return this.#sums[block] === sum;
    this.#known[block] = 1;
    this.#sums[block] = sum;
    this.#missing--;
    return true;
  }

  /** CRC-32C of the whole as Google writes it; null while blocks are missing. */
  whole(): string | null {
    if (this.#missing > 0) return null;
    const last = this.#sums.length - 1;
    const shiftBlock = shiftOver(this.#blockBytes);
    const shiftLast = shiftOver(this.#bytes - last * this.#blockBytes);
    let sum = 0;
    for (const [i, next] of this.#sums.entries()) sum = times(i === last ? shiftLast : shiftBlock, sum) ^ next;
    return encodeCrc32c(sum);
  }
}

// A CRC is linear over GF(2): that of AB is that of A, as if as many zeros as B is long came after it, plus that of B.
// What a number of zeros does is a 32×32 matrix of bits, one word a column (Mark Adler's method in zlib).
type Matrix = readonly number[];

const POLYNOMIAL = 0x82f63b78;

function shiftOver(bytes: number): Matrix {
  let power: Matrix = [POLYNOMIAL, ...Array.from({ length: 31 }, (_, i) => 2 ** i)];
  let result: Matrix = Array.from({ length: 32 }, (_, i) => 2 ** i);
  // `power` is what one zero bit does; squared, two; and so on.
  for (let bits = bytes * 8; bits > 0; bits = Math.floor(bits / 2)) {
    if (bits % 2 === 1) result = result.map((column) => times(power, column));
    power = power.map((column) => times(power, column));
  }
  return result;
}

function times(matrix: Matrix, vector: number): number {
  let product = 0;
  for (let rest = vector >>> 0, i = 0; rest !== 0; rest >>>= 1, i++) if (rest & 1) product ^= matrix[i] ?? 0;
  return product >>> 0;
}
