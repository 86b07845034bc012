import { decodeCrc32c, encodeCrc32c } from './crc32c.js';
import type { ObjectHeaders, Snapshot, Stored } from './storage.js';

/**
 * Objects by their paths, in about 55 bytes an object beside its name: a title of a day has 100 000 of them. Names stand
 * in one buffer, figures in columns, and headers, which are alike, once.
 */
export class Listing implements Snapshot {
  #names = Buffer.allocUnsafe(1 << 10);
  /** Where each name ends in `#names`; it begins where the one before ends. */
  readonly #ends: number[] = [];
  readonly #bytes: number[] = [];
  readonly #generations: number[] = [];
  readonly #sums: number[] = [];
  readonly #labels: number[] = [];
  readonly #labelTable: Label[] = [];
  readonly #labelAt = new Map<string, number>();
  /** What has no place in the columns, by its number: generations of files in a folder. */
  readonly #odd = new Map<number, Pick<Stored, 'generation' | 'crc32c'>>();
  /** By hash of the name, open addressing: number + 1, 0 where nothing is. */
  #slots = new Uint32Array(64);
  /** Whether they came in the order of their names. */
  #isInOrder = true;
  /** Numbers in the order of names, when they were last asked for in it. */
  #order: Uint32Array | null = null;

  /** Throws what the listing throws. */
  static async of(listed: AsyncIterable<Stored>): Promise<Listing> {
    const listing = new Listing();
    for await (const stored of listed) listing.set(stored);
    return listing;
  }

  get size(): number {
    return this.#ends.length;
  }

  get(path: string): Promise<Stored | null> {
    return Promise.resolve(this.find(path));
  }

  find(path: string): Stored | null {
    const number = this.numberOf(path);
    return number === null ? null : this.#stored(number);
  }

  /** A number below `size` that stays with the path; null: it is not there. */
  numberOf(path: string): number | null {
    const number = this.#slots[this.#slotOf(Buffer.from(path))] ?? 0;
    return number === 0 ? null : number - 1;
  }

  /** In the order of their names, as a bucket has it. */
  *all(): Iterable<Stored> {
    const order = this.#sorted();
    for (let place = 0; place < this.size; place++) yield this.#stored(order?.[place] ?? place);
  }

  /** Replaces what has the same path. */
  set(stored: Stored): void {
    const { path, bytes, crc32c, generation, headers, heldBy } = stored;
    const number = this.#numberFor(Buffer.from(path));
    const sum = crc32c === null ? null : decodeCrc32c(crc32c);
    this.#bytes[number] = bytes;
    // Google's are microseconds.
    this.#generations[number] = Number(generation);
    this.#sums[number] = sum ?? 0;
    this.#labels[number] = this.#labelOf({ headers, heldBy, hasSum: crc32c !== null });
    const isExact = String(Number(generation)) === generation && (sum === null ? null : encodeCrc32c(sum)) === crc32c;
    if (isExact) this.#odd.delete(number);
    else this.#odd.set(number, { generation, crc32c });
  }

  /** Of what is there, or the next. */
  #numberFor(name: Buffer): number {
    const slot = this.#slotOf(name);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    const number = this.size;
    const start = this.#startOf(number);
    const end = start + name.length;
    if (end > this.#names.length) this.#names = Buffer.concat([this.#names], 2 * end);
    name.copy(this.#names, start);
    this.#ends.push(end);
    this.#isInOrder &&= number === 0 || this.#compare(number - 1, name) < 0;
    this.#slots[slot] = number + 1;
    if (2 * this.size > this.#slots.length) this.#grow();
    return number;
  }

  #labelOf(label: Label): number {
    const key = JSON.stringify([label.hasSum, label.heldBy, label.headers]);
    const known = this.#labelAt.get(key);
    if (known !== undefined) return known;
    this.#labelAt.set(key, this.#labelTable.length);
    return this.#labelTable.push(label) - 1;
  }

  #stored(number: number): Stored {
    const odd = this.#odd.get(number);
    const label = this.#labelTable[this.#labels[number] ?? 0];
    if (!label) return missing();
    const { headers, heldBy, hasSum } = label;
    return {
      path: this.#names.toString('utf8', this.#startOf(number), this.#ends[number]),
      bytes: this.#bytes[number] ?? 0,
      crc32c: odd ? odd.crc32c : hasSum ? encodeCrc32c(this.#sums[number] ?? 0) : null,
      generation: odd?.generation ?? String(this.#generations[number]),
      headers,
      ...(heldBy === undefined ? {} : { heldBy }),
    };
  }

  /** Where the name is, or would be. */
  #slotOf(name: Buffer): number {
    const mask = this.#slots.length - 1;
    let slot = hash(name) & mask;
    for (;;) {
      const number = this.#slots[slot] ?? 0;
      if (number === 0 || this.#compare(number - 1, name) === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 0; number < this.size; number++) this.#slots[this.#slotOf(this.#nameOf(number))] = number + 1;
  }

  /** Of UTF-8 bytes, as a bucket sorts them. */
  #compare(number: number, name: Buffer): number {
    return this.#names.compare(name, 0, name.length, this.#startOf(number), this.#ends[number]);
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  #nameOf(number: number): Buffer {
    return this.#names.subarray(this.#startOf(number), this.#ends[number]);
  }

  /** Null: as they came. */
  #sorted(): Uint32Array | null {
    if (this.#isInOrder) return null;
    if (this.#order?.length === this.size) return this.#order;
    const numbers = Uint32Array.from({ length: this.size }, (_, number) => number);
    this.#order = numbers.sort((a, b) => this.#compare(a, this.#nameOf(b)));
    return this.#order;
  }
}

/** FNV-1a, 32 bits. */
function hash(name: Buffer): number {
  let sum = 0x811c9dc5;
  for (const byte of name) sum = Math.imul(sum ^ byte, 0x01000193);
  // Mixed once more: the last characters of names that count up decide little otherwise.
  return (sum ^ (sum >>> 15)) >>> 0;
}

/** What many objects have in common. */
interface Label {
  readonly headers: ObjectHeaders | null;
  readonly heldBy: Stored['heldBy'];
  readonly hasSum: boolean;
}

function missing(): never {
  throw new RangeError('no such object in the listing');
}
