import type { FilesAndJournals, RecordedFile, RecordedJournal } from '../../model/artifact.js';
import { segmentPath } from '../../model/files-and-journals.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import { crc32cOf } from '../../storage/crc32c.js';
import { Listing } from '../../storage/listing.js';
import { isCleanPath, type Storage, type Stored } from '../../storage/storage.js';

/** Where journals are read from; `root` of a title below the storage's own, with its slash. */
export interface JournalReader {
  readonly storage: Pick<Storage, 'read'>;
  readonly root?: string;
}

/**
 * All files of a version, one at a time: first those that it names, then of each journal the segments, and the journal
 * after them. Of a journal that is not there as recorded nothing is known but its own entry. Paths are the title's.
 */
export async function* filesOf(
  { files, journals }: FilesAndJournals,
  reader: JournalReader,
): AsyncGenerator<RecordedFile> {
  yield* files;
  for (const journal of journals) {
    yield* segmentsOf(journal, reader);
    yield { path: journal.path, bytes: journal.bytes, crc32c: journal.crc32c, class: 'record' };
  }
}

/** The segments that a published journal lists. */
export async function* segmentsOf(
  journal: RecordedJournal,
  { storage, root = '' }: JournalReader,
): AsyncGenerator<RecordedFile> {
  const bytes = await storage.read(root + journal.path);
  if (bytes?.length !== journal.bytes) return;
  if (journal.crc32c !== undefined && crc32cOf(bytes) !== journal.crc32c) return;
  const decoder = new TextDecoder();
  for (let start = 0, end = bytes.indexOf(NEWLINE); end >= 0; start = end + 1, end = bytes.indexOf(NEWLINE, start)) {
    const file = parseSegment(journal, decoder.decode(bytes.subarray(start, end)));
    if (file) yield file;
  }
}

/** What is recorded of each file of these, by its path; of the same path the first counts. */
export async function recordedListing(parts: readonly FilesAndJournals[], reader: JournalReader): Promise<Listing> {
  const listing = new Listing();
  for (const part of parts) {
    for await (const { path, bytes, crc32c = null } of filesOf(part, reader)) {
      if (listing.numberOf(path) === null) listing.set({ path, bytes, crc32c, generation: '0', headers: null });
    }
  }
  return listing;
}

/** By size, and by checksum where both are known. */
export function isAsRecorded(
  stored: Stored | null,
  recorded: Omit<RecordedFile, 'crc32c'> & { readonly crc32c?: string | null | undefined },
): boolean {
  if (stored?.bytes !== recorded.bytes) return false;
  return stored.crc32c === null || (recorded.crc32c ?? null) === null || stored.crc32c === recorded.crc32c;
}

const NEWLINE = 10;

/** Null for the last line, which has none. */
function parseSegment(journal: RecordedJournal, text: string): RecordedFile | null {
  const value = parseJsonOrUndefined(text);
  if (typeof value !== 'object' || value === null || !('file' in value) || !('bytes' in value)) return null;
  const { file, bytes } = value;
  if (typeof file !== 'string' || typeof bytes !== 'number' || file.includes('/')) return null;
  const path = segmentPath(journal, file);
  const crc32c = 'crc32c' in value && typeof value.crc32c === 'string' ? value.crc32c : undefined;
  return isCleanPath(path) ? { path, bytes, crc32c, class: 'segment' } : null;
}
