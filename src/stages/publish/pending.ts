import type { FilesAndJournals, RecordedFile, RecordedJournal } from '../../model/artifact.js';
import { parseJsonOrUndefined } from '../../model/json.js';
import type { Storage } from '../../storage/storage.js';
import { checkPath } from '../../storage/storage.js';

/**
 * What a publication is about to do, written before it begins and removed when it is done. While it is there the
 * title's record cannot be trusted to say which version is up, and files that only it names are ours.
 */
export interface Pending {
  /** The version that is being published. */
  readonly files: FilesAndJournals;
  /** What of other versions, published in whole or in part, goes when it is up. */
  readonly obsolete: FilesAndJournals;
}

export const PENDING_NAME = '.mediactl-publishing.json';
const SCHEMA = 'mediactl.publishing/2';
/** Lists of files where there are objects now, and no journals. */
const OLD_SCHEMA = 'mediactl.publishing/1';

/** Null when no publication is under way or was interrupted. A file that cannot be read names nothing. */
export async function readPending(storage: Storage): Promise<Pending | null> {
  const bytes = await storage.read(PENDING_NAME);
  return bytes === null ? null : parsePending(bytes);
}

/** What such a file names; nothing when it cannot be read. */
export function parsePending(bytes: Uint8Array): Pending {
  try {
    const value = fieldsOf(parseJsonOrUndefined(new TextDecoder().decode(bytes)));
    if (value['schema'] !== SCHEMA && value['schema'] !== OLD_SCHEMA) return NOTHING;
    return { files: parsePart(value['files']), obsolete: parsePart(value['obsolete']) };
  } catch {
    return NOTHING;
  }
}

export async function writePending(storage: Storage, { files, obsolete }: Pending): Promise<void> {
  const text = JSON.stringify({ schema: SCHEMA, files, obsolete });
  await storage.write(PENDING_NAME, new TextEncoder().encode(text), 'record');
}

const NONE: FilesAndJournals = { files: [], journals: [] };
const NOTHING: Pending = { files: NONE, obsolete: NONE };

/** Throws when an entry is not a file of a title. */
function parsePart(value: unknown): FilesAndJournals {
  if (value === undefined) return NONE;
  if (Array.isArray(value)) return { files: value.map(parseFile), journals: [] };
  const { files, journals } = fieldsOf(value);
  return { files: listOf(files).map(parseFile), journals: listOf(journals).map(parseJournal) };
}

function parseFile(value: unknown): RecordedFile {
  const { path, bytes } = fieldsOf(value);
  if (typeof path !== 'string' || typeof bytes !== 'number') throw new TypeError('not a file');
  return { path: checkPath(path), bytes };
}

function parseJournal(value: unknown): RecordedJournal {
  const { segments, crc32c } = fieldsOf(value);
  if (typeof segments !== 'number') throw new TypeError('not a journal');
  const { path, bytes } = parseFile(value);
  return { path, bytes, segments, ...(typeof crc32c === 'string' ? { crc32c } : {}) };
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

interface Fields extends Readonly<Record<string, unknown>> {
  readonly path?: unknown;
  readonly bytes?: unknown;
  readonly segments?: unknown;
  readonly crc32c?: unknown;
  readonly files?: unknown;
  readonly journals?: unknown;
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return { ...value };
}
