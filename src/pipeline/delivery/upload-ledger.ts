import { join } from 'node:path';
import { parseJsonOrUndefined } from '../../model/json.js';
import { Listing } from '../../storage/listing.js';
import { checkPath, isCleanPath } from '../../storage/storage.js';
import { readLines } from '../work/journal-lines.js';
import { JournalWriter } from '../work/journal-writer.js';

/**
 * What this working folder has brought to a bucket: kept over a crash, so that it is neither sent again nor left
 * behind, and so that a title whose publication was interrupted is known as ours.
 */
export interface UploadLedger {
  /** "gs://bucket/titles/movie"; null: it was not noted. */
  readonly destination: string | null;
  /** Whether bytes of this checksum were brought to the path, or were about to be. */
  isOurs(path: string, crc32c: string | null): boolean;
  /** What was last brought to the path, or was about to be; null: nothing. */
  last(path: string): LedgerEntry | null;
  /** All that was brought: what it was last. */
  all(): Iterable<LedgerEntry & { readonly path: string }>;
  /** To be called before the object appears. */
  recordIntent(path: string, entry: LedgerEntry): Promise<void>;
  /** What was brought of this rendition is from now on nobody's: its names are not used again. */
  disown(rendition: string): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerEntry {
  readonly bytes: number;
  readonly crc32c: string | null;
}

/** Its file in the working folder; one line per object. */
export const LEDGER_NAME = 'uploads.ndjson';

/**
 * Reads the ledger of a working folder, which need not exist; nothing is made before the first entry. `destination`: where
 * what is announced goes to; noted with the first entry.
 */
export async function openLedger(folder: string, destination: string | null = null): Promise<UploadLedger> {
  const file = join(folder, LEDGER_NAME);
  let noted: string | null = null;
  let entries = new Listing();
  /** Of paths that were brought again with other bytes: few. */
  const earlier = new Set<string>();
  const note = (path: string, { bytes, crc32c }: LedgerEntry): void => {
    const before = entries.find(path);
    if (before && before.crc32c !== crc32c) earlier.add(`${before.crc32c} ${path}`);
    entries.set({ path, bytes, crc32c, generation: '0', headers: null });
  };
  const forget = (rendition: string): void => {
    const others = new Listing();
    for (const entry of entries.all()) if (!entry.path.startsWith(`${rendition}/`)) others.set(entry);
    entries = others;
    for (const key of [...earlier]) if (key.includes(` ${rendition}/`)) earlier.delete(key);
  };
  for await (const { text } of readLines(file)) {
    const line = parse(text);
    if (line === null) continue;
    if ('destination' in line) noted = line.destination;
    else if ('disowned' in line) forget(line.disowned);
    else note(line.path, line.entry);
  }
  const writer = new JournalWriter(file);
  return {
    get destination() {
      return noted;
    },
    isOurs(path, crc32c) {
      const last = entries.find(path);
      return last !== null && (last.crc32c === crc32c || earlier.has(`${crc32c} ${path}`));
    },
    last: (path) => entries.find(path),
    all: () => entries.all(),
    async recordIntent(path, entry) {
      note(checkPath(path), entry);
      if (destination !== null && noted !== destination) {
        noted = destination;
        await writer.write(`${JSON.stringify({ destination })}\n`, false);
      }
      await writer.write(`${JSON.stringify({ path, bytes: entry.bytes, crc32c: entry.crc32c })}\n`, false);
    },
    async disown(rendition) {
      forget(rendition);
      await writer.write(`${JSON.stringify({ disowned: rendition })}\n`, true);
    },
    close: () => writer.close(),
  };
}

type LedgerLine =
  | { readonly path: string; readonly entry: LedgerEntry }
  | { readonly disowned: string }
  | { readonly destination: string };

function parse(text: string): LedgerLine | null {
  const value = parseJsonOrUndefined(text);
  if (typeof value !== 'object' || value === null) return null;
  if ('destination' in value && typeof value.destination === 'string') return { destination: value.destination };
  if ('disowned' in value && typeof value.disowned === 'string') return { disowned: value.disowned };
  if (!('path' in value && 'bytes' in value && 'crc32c' in value)) return null;
  const { path, bytes, crc32c } = value;
  if (typeof path !== 'string' || typeof bytes !== 'number' || typeof crc32c !== 'string') return null;
  return isCleanPath(path) ? { path, entry: { bytes, crc32c } } : null;
}
