import { heightOfLabel, type ContentKey, type ContentKeys } from '../../model/content-keys.js';
import type { LicenseToken } from '../../model/license.js';

/** The keys of all titles, found by what tokens name. */
export class KeyRing {
  readonly #byTitle = new Map<string, readonly ContentKey[]>();
  readonly #byKid = new Map<string, ContentKey>();

  /** Titles of one name are one title. */
  constructor(files: readonly ContentKeys[]) {
    for (const { title, keys } of files) {
      if (title !== null) this.#byTitle.set(title, [...(this.#byTitle.get(title) ?? []), ...keys]);
      for (const key of keys) this.#byKid.set(key.kid, key);
    }
  }

  get size(): number {
    return this.#byKid.size;
  }

  /**
   * All keys that a token gives a right to: those of its title or with its KIDs, and of pictures no larger than it allows. A
   * key that opens larger pictures as well is not given.
   */
  entitled({ title, kids, maxHeight }: Pick<LicenseToken, 'title' | 'kids' | 'maxHeight'>): readonly ContentKey[] {
    const named =
      title === null ? (kids ?? []).flatMap((kid) => this.#byKid.get(kid) ?? []) : (this.#byTitle.get(title) ?? []);
    return maxHeight === null ? named : named.filter(({ label }) => (heightOfLabel(label) ?? 0) <= maxHeight);
  }
}
