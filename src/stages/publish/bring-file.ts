import { stat } from 'node:fs/promises';
import { hasErrorCode, MediactlError } from '../../errors.js';
import { asReadError } from '../../errors/disk.js';
import { printable } from '../../model/text.js';
import type { FileClass } from '../../model/title-files.js';
import { hasHeaders } from '../../storage/headers.js';
import type { Condition, Snapshot, Storage, Stored } from '../../storage/storage.js';

/** A staged file, and what it is to be at the destination. */
export interface StagedFile {
  readonly path: string;
  readonly class: FileClass;
  readonly file: string;
  readonly bytes: number;
  /** Where it is known. */
  readonly crc32c?: string | undefined;
}

export interface PutOptions {
  /** What was there when publishing began. */
  readonly snapshot: Snapshot;
  readonly condition?: Condition | undefined;
  readonly acceptSameBytes?: boolean;
  /** Called before anything is sent. */
  readonly beforeSend?: (() => Promise<void>) | undefined;
}

export interface PutOutcome {
  readonly stored: Stored;
  readonly outcome: 'published' | 'reused';
}

/**
 * Sees to it that the item is at its place with these bytes, this checksum and these headers, and sends no more than
 * that needs: nothing, other headers, or the file. Throws MediactlError verify-failed when the staged file is not
 * what was announced, and when it is neither staged nor there.
 */
export async function ensureObject(item: StagedFile, storage: Storage, options: PutOptions): Promise<PutOutcome> {
  const existing = await findSame(item, options.snapshot);
  const headers = storage.headersFor(item.path, item.class);
  if (existing && headers !== null && existing.headers !== null) {
    if (hasHeaders(existing.headers, headers)) return { stored: existing, outcome: 'reused' };
    await options.beforeSend?.();
    return { stored: await storage.patch(existing, headers), outcome: 'published' };
  }
  const staged = await stat(item.file).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw asReadError(error, item.file);
  });
  if (staged === null) {
    // In a folder: a run that was killed has moved it there.
    const moved = await options.snapshot.get(item.path);
    if (moved?.bytes === item.bytes && isSum(item, moved)) return { stored: moved, outcome: 'reused' };
    throw notAsAnnounced(item, moved && isSum(item, moved) ? moved.bytes : null);
  }
  // A file of the wrong size does not even get near the title.
  if (staged.size !== item.bytes) throw notAsAnnounced(item, staged.size);
  await options.beforeSend?.();
  const { condition, acceptSameBytes = false } = options;
  const { crc32c } = item;
  const write = {
    expectedFile: staged,
    acceptSameBytes,
    ...(condition && { condition }),
    ...(crc32c !== undefined && { crc32c }),
  };
  const stored = await storage.put(item.path, item.file, item.class, write);
  if (stored.bytes !== item.bytes || !isSum(item, stored)) throw notAsAnnounced(item, stored.bytes);
  return { stored, outcome: 'published' };
}

async function findSame({ path, bytes, crc32c }: StagedFile, snapshot: Snapshot): Promise<Stored | null> {
  if (crc32c === undefined) return null;
  const existing = await snapshot.get(path);
  return existing?.bytes === bytes && existing.crc32c === crc32c ? existing : null;
}

/** Whether it has the checksum of the item, where both are known. */
function isSum({ crc32c }: StagedFile, stored: Stored): boolean {
  return crc32c === undefined || stored.crc32c === null || stored.crc32c === crc32c;
}

function notAsAnnounced({ path, bytes }: StagedFile, found: number | null): MediactlError {
  const other = found === bytes ? 'it has another checksum' : `it has ${found} bytes instead of ${bytes}`;
  return new MediactlError('verify-failed', `${printable(path)} differs from what was encoded`, {
    reason: found === null ? 'it is neither staged nor published' : other,
    hint: 'run the same command again: what is missing is encoded again',
  });
}
