import { createHmac, randomBytes } from 'node:crypto';

/**
 * Names for addresses: the same for one address through one day (UTC), another on the next. The salt of a day is made by
 * chance and kept in memory only, so that nobody, not even whoever has the files, can find the address to a name.
 */
export class AddressNames {
  #day = '';
  #salt = Buffer.alloc(0);

  /** `day`: "2026-11-26". 16 hexadecimal digits. */
  nameOf(address: string, day: string): string {
    if (day !== this.#day) {
      this.#day = day;
      this.#salt = randomBytes(32);
    }
    return createHmac('sha256', this.#salt).update(address).digest('hex').slice(0, 16);
  }
}
