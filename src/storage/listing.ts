import { decodeCrc32c, encodeCrc32c } from './crc32c.js';
import type { ObjectHeaders, Snapshot, Stored } from './storage.js';

/**
 * All that was listed at one moment, in about 45 bytes an object beside its name: a title of a day has 100 000 of them.
 * Names stand in one buffer, figures in columns, and headers, which are alike, once.
 */
export class Listing implements Snapshot {
  #names = Buffer.allocUnsafe(1 << 16);
  /** Where each name ends in `#names`; it begins where the one before ends. */
  readonly #ends: number[] = [];
  readonly #bytes: number[] = [];
  readonly #generations: number[] = [];
  readonly #sums: number[] = [];
  readonly #labels: number[] = [];
  readonly #labelTable: Label[] = [];
  readonly #labelAt = new Map<string, number>();
  /** What has no place in the columns, by its number: no service is known that lists such. */
  readonly #odd = new Map<number, Stored>();
  /** Numbers in the order of names; null: they were listed in it. */
  #order: Uint32Array | null = null;

  /** Throws what the listing throws. */
  static async of(listed: AsyncIterable<Stored>): Promise<Listing> {
    const listing = new Listing();
    let isInOrder = true;
    for await (const stored of listed) isInOrder = listing.#add(stored) && isInOrder;
    if (!isInOrder) listing.#sort();
    return listing;
  }

  get(path: string): Promise<Stored | null> {
    const number = this.#find(Buffer.from(path));
    return Promise.resolve(number === null ? null : this.#stored(number));
  }

  *all(): Iterable<Stored> {
    for (let place = 0; place < this.#ends.length; place++) yield this.#stored(this.#numberAt(place));
  }

  /** Whether its name comes after the one before. */
  #add(stored: Stored): boolean {
    const { path, bytes, crc32c, generation, headers, heldBy } = stored;
    const number = this.#ends.length;
    const start = this.#startOf(number);
    const end = start + Buffer.byteLength(path);
    if (end > this.#names.length) this.#names = Buffer.concat([this.#names], 2 * end);
    this.#names.write(path, start);
    const sum = crc32c === null ? null : decodeCrc32c(crc32c);
    this.#ends.push(end);
    this.#bytes.push(bytes);
    // Google's are microseconds.
    this.#generations.push(Number(generation));
    this.#sums.push(sum ?? 0);
    this.#labels.push(this.#labelOf({ headers, heldBy, hasSum: crc32c !== null }));
    const isExact = String(Number(generation)) === generation && (sum === null ? null : encodeCrc32c(sum)) === crc32c;
    if (!isExact) this.#odd.set(number, stored);
    return number === 0 || this.#compare(number - 1, this.#names.subarray(start, end)) < 0;
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
    if (odd || !label) return odd ?? missing();
    const { headers, heldBy, hasSum } = label;
    return {
      path: this.#names.toString('utf8', this.#startOf(number), this.#ends[number]),
      bytes: this.#bytes[number] ?? 0,
      crc32c: hasSum ? encodeCrc32c(this.#sums[number] ?? 0) : null,
      generation: String(this.#generations[number]),
      headers,
      ...(heldBy === undefined ? {} : { heldBy }),
    };
  }

  #find(name: Buffer): number | null {
    let [low, high] = [0, this.#ends.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const number = this.#numberAt(middle);
      const order = this.#compare(number, name);
      if (order === 0) return number;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  /** Of UTF-8 bytes, as a bucket sorts them. */
  #compare(number: number, name: Buffer): number {
    return this.#names.compare(name, 0, name.length, this.#startOf(number), this.#ends[number]);
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : (this.#ends[number - 1] ?? 0);
  }

  #numberAt(place: number): number {
    return this.#order?.[place] ?? place;
  }

  #sort(): void {
    const nameOf = (number: number): Buffer => this.#names.subarray(this.#startOf(number), this.#ends[number]);
    this.#order = Uint32Array.from({ length: this.#ends.length }, (_, number) => number).sort((a, b) =>
      this.#compare(a, nameOf(b)),
    );
  }
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
