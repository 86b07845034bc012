import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJsonOrUndefined } from '../../model/json.js';
import { RotatedFiles } from '../http/rotated-files.js';
import { LicenseState, type StateChange } from './license-state.js';

const PREFIX = 'state';
const ROTATE_AT = 64 * 1024 ** 2;
const LINES_AT_ONCE = 1000;

const whole = z.number();
const change = z.object({
  v: z.literal(1),
  who: z.exactOptional(z.string()),
  device: z.exactOptional(z.string()),
  at: z.exactOptional(whole),
  until: z.exactOptional(whole),
  first: z.exactOptional(z.object({ key: z.string(), at: whole, expires: whole })),
  used: z.exactOptional(z.object({ id: z.string(), count: whole, expires: whole })),
}) satisfies z.ZodType<StateChange>;

/**
 * The state of a licence server in a folder: a journal of changes, which is written anew, and shorter, when it is opened and
 * once a day. A kill at any moment loses nothing that was kept: changes may be there twice. One process at a time.
 */
export class LicenseStore {
  readonly state = new LicenseState();
  readonly #folder: string;
  readonly #today: () => number;
  #journal: RotatedFiles;

  private constructor(folder: string, today: () => number) {
    this.#folder = folder;
    this.#today = today;
    this.#journal = this.#newJournal();
  }

  /** Throws the system's errors. */
  static async open(folder: string, today: () => number): Promise<LicenseStore> {
    const store = new LicenseStore(folder, today);
    await store.#journal.prepare();
    for (const file of await store.#files()) store.#read(await readFile(file, 'utf8'));
    await store.renew();
    return store;
  }

  /** Resolves when it is in the journal. */
  async keep(changed: StateChange): Promise<void> {
    await this.#journal.append(`${JSON.stringify(changed)}\n`);
  }

  /** Writes the journal anew, without what no longer counts. */
  async renew(): Promise<void> {
    const before = await this.#files();
    const old = this.#journal;
    this.#journal = this.#newJournal();
    this.state.tidy(this.#today());
    let lines: string[] = [];
    for (const each of this.state.changes()) {
      if (lines.push(JSON.stringify(each)) < LINES_AT_ONCE) continue;
      await this.#journal.append(`${lines.join('\n')}\n`);
      lines = [];
    }
    if (lines.length > 0) await this.#journal.append(`${lines.join('\n')}\n`);
    await this.#journal.sync();
    await old.close();
    for (const file of before) await unlink(file);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  #newJournal(): RotatedFiles {
    return new RotatedFiles({ folder: this.#folder, prefix: PREFIX, rotateAt: ROTATE_AT, today: this.#today });
  }

  async #files(): Promise<readonly string[]> {
    const names = await readdir(this.#folder);
    return names
      .filter((name) => /^state-[\d-]{10}-[0-9a-f]{8}-\d+\.ndjson$/.test(name))
      .map((name) => join(this.#folder, name));
  }

  #read(text: string): void {
    for (const line of text.split('\n')) {
      // The last line of a server that was killed may be torn.
      const { data } = change.safeParse(parseJsonOrUndefined(line));
      if (data !== undefined) this.state.apply(data);
    }
  }
}
