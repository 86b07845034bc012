import { parseJsonOrUndefined } from '../../model/json.js';
import type { Storage } from '../../storage/storage.js';
import { checkPath } from '../../storage/storage.js';

export interface TitleFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * What a publication is about to do, written before it begins and removed when it is done. While it is there the
 * title's record cannot be trusted to say which version is up, and files that only it names are ours.
 */
export interface Pending {
  /** Files of the version that is being published. */
  readonly files: readonly TitleFile[];
  /** Files of other versions, published in whole or in part, that go when it is up. */
  readonly obsolete: readonly TitleFile[];
}

export const PENDING_NAME = '.mediactl-publishing.json';
const SCHEMA = 'mediactl.publishing/1';

/** Null when no publication is under way or was interrupted. A file that cannot be read names nothing. */
export async function readPending(storage: Storage): Promise<Pending | null> {
  const bytes = await storage.read(PENDING_NAME);
  return bytes === null ? null : parsePending(bytes);
}

/** What such a file names; nothing when it cannot be read. */
export function parsePending(bytes: Uint8Array): Pending {
  const value = parseJsonOrUndefined(new TextDecoder().decode(bytes));
  try {
    if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== SCHEMA) return NOTHING;
    return {
      files: 'files' in value ? parseFiles(value.files) : [],
      obsolete: 'obsolete' in value ? parseFiles(value.obsolete) : [],
    };
  } catch {
    return NOTHING;
  }
}

export async function writePending(storage: Storage, pending: Pending): Promise<void> {
  const text = JSON.stringify({ schema: SCHEMA, ...pending });
  await storage.write(PENDING_NAME, new TextEncoder().encode(text), 'record');
}

const NOTHING: Pending = { files: [], obsolete: [] };

/** Throws when an entry is not a file of a title. */
function parseFiles(value: unknown): TitleFile[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value.map((each: unknown) => {
    const good = typeof each === 'object' && each !== null && 'path' in each && 'bytes' in each;
    if (!good || typeof each.path !== 'string' || typeof each.bytes !== 'number') throw new TypeError('not a file');
    return { path: checkPath(each.path), bytes: each.bytes };
  });
}
