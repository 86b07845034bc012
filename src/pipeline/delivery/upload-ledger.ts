import { join } from 'node:path';
import { parseJsonOrUndefined } from '../../model/json.js';
import { checkPath, isCleanPath } from '../../storage/storage.js';
import { readLines } from '../work/journal-lines.js';
import { JournalWriter } from '../work/journal-writer.js';

/**
 * What this working folder has brought to a bucket: kept over a crash, so that it is neither sent again nor left
 * behind, and so that a title whose publication was interrupted is known as ours.
 */
export interface UploadLedger {
  /** Whether bytes of this checksum were brought to the path, or were about to be. */
  knows(path: string, crc32c: string | null): boolean;
  /** All that was brought, by path: what it was last. */
  all(): ReadonlyMap<string, LedgerEntry>;
  /** To be called before the object appears. */
  announce(path: string, entry: LedgerEntry): Promise<void>;
  /** What was brought of this rendition is from now on nobody's: its names are not used again. */
  disown(rendition: string): Promise<void>;
  close(): Promise<void>;
}

export interface LedgerEntry {
  readonly bytes: number;
  readonly crc32c: string;
}

/** Its file in the working folder; one line per object. */
export const LEDGER_NAME = 'uploads.ndjson';

/** Reads the ledger of a working folder, which need not exist; nothing is made before the first entry. */
export async function openLedger(folder: string): Promise<UploadLedger> {
  const file = join(folder, LEDGER_NAME);
  const entries = new Map<string, LedgerEntry>();
  const known = new Set<string>();
  const note = (path: string, { bytes, crc32c }: LedgerEntry): void => {
    entries.set(path, { bytes, crc32c });
    known.add(`${crc32c} ${path}`);
  };
  const forget = (rendition: string): void => {
    for (const path of [...entries.keys()]) if (path.startsWith(`${rendition}/`)) entries.delete(path);
    for (const key of [...known]) if (key.includes(` ${rendition}/`)) known.delete(key);
  };
  for await (const { text } of readLines(file)) {
    const line = parse(text);
    if (line === null) continue;
    if ('disowned' in line) forget(line.disowned);
    else note(line.path, line.entry);
  }
  const writer = new JournalWriter(file);
  return {
    knows: (path, crc32c) => known.has(`${crc32c} ${path}`),
    all: () => entries,
    async announce(path, entry) {
      note(checkPath(path), entry);
      await writer.write(`${JSON.stringify({ path, bytes: entry.bytes, crc32c: entry.crc32c })}\n`, false);
    },
    async disown(rendition) {
      forget(rendition);
      await writer.write(`${JSON.stringify({ disowned: rendition })}\n`, true);
    },
    close: () => writer.close(),
  };
}

type LedgerLine = { readonly path: string; readonly entry: LedgerEntry } | { readonly disowned: string };

function parse(text: string): LedgerLine | null {
  const value = parseJsonOrUndefined(text);
  if (typeof value !== 'object' || value === null) return null;
  if ('disowned' in value && typeof value.disowned === 'string') return { disowned: value.disowned };
  if (!('path' in value && 'bytes' in value && 'crc32c' in value)) return null;
  const { path, bytes, crc32c } = value;
  if (typeof path !== 'string' || typeof bytes !== 'number' || typeof crc32c !== 'string') return null;
  return isCleanPath(path) ? { path, entry: { bytes, crc32c } } : null;
}
