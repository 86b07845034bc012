import type { UploadReceipt } from '../../model/receipt.js';
import { RECORD_NAME, stepOf, STEPS } from '../../model/title-files.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { nullOnConflict } from '../../storage/conflict.js';
import { hasHeaders } from '../../storage/headers.js';
import { Listing } from '../../storage/listing.js';
import type { Condition, Storage } from '../../storage/storage.js';
import { storedObject, uploadedObjects } from '../delivery/result.js';
import { compareWithReceipt, headersOf, type Comparison, type Difference } from './check-upload.js';
import { findLocal, type LocalSource } from './find-local.js';

export interface RepairRequest {
  readonly receipt: UploadReceipt;
  readonly storage: Storage;
  /** Absolute path of the folder with the files; null: none is known. */
  readonly folder: string | null;
  /** Replace also what is newer than the receipt. */
  readonly force: boolean;
  readonly signal: AbortSignal;
}

export interface Repaired {
  /** Why a difference stays, by its path; what is not here was mended. */
  readonly left: ReadonlyMap<string, string>;
  /** The receipt with what is right now. */
  readonly receipt: UploadReceipt;
  /** What still differs from it. */
  readonly now: Comparison;
}

/**
 * Mends what differs: headers are patched; what is missing or was replaced is sent again from the folder, where the
 * folder still has those bytes, in the order of publishing, and nothing that refers to what stays broken; each write
 * only onto what was listed. What is newer than the receipt may be a newer title's: it is replaced with `force` only,
 * and without it nothing is touched when the title itself is another one. Throws MediactlError storage-….
 */
export async function repairUpload(
  { differences, isOvertaken }: Comparison,
  request: RepairRequest,
): Promise<Repaired> {
  const { receipt, storage, force } = request;
  const left = new Map<string, string>();
  if (isOvertaken && !force) {
    for (const { path } of differences) left.set(path, 'a newer version of the title is there');
  } else {
    await send(differences, request, left);
    await patch(differences, request, left);
  }
  const snapshot = await storage.snapshot();
  const objects = new Listing();
  for (const expected of receipt.objects) {
    const found = await snapshot.get(expected.path);
    const isRight = found?.bytes === expected.bytes && found.crc32c === expected.crc32c && !left.has(expected.path);
    objects.set(isRight ? found : storedObject(expected));
  }
  const updated = { ...receipt, folder: request.folder ?? receipt.folder, objects: uploadedObjects(objects) };
  return { left, receipt: updated, now: await compareWithReceipt(updated, snapshot) };
}

async function send(
  differences: readonly Difference[],
  { receipt, storage, folder, force, signal }: RepairRequest,
  left: Map<string, string>,
): Promise<void> {
  // The record last of all.
  const ranks = [...STEPS, STEPS.length];
  const groups: { readonly difference: Difference; readonly source: LocalSource }[][] = ranks.map(() => []);
  const broken = ranks.map(() => false);
  const leave = (path: string, rank: number, why: string): void => {
    left.set(path, why);
    broken[rank] = true;
  };
  const isTitle = receipt.objects.find(RECORD_NAME) !== null;
  for (const difference of differences) {
    const { path, code, expected, found } = difference;
    if (code === 'object-extra') left.set(path, 'mediactl did not upload it');
    if (expected === null || !(code === 'object-missing' || code === 'object-replaced')) continue;
    signal.throwIfAborted();
    const source = await findLocal(folder, expected, { receipt, isTitle });
    const rank = path === RECORD_NAME ? STEPS.length : stepOf(source.class);
    // A bucket's generations grow with time.
    if (found && !force && BigInt(found.generation) > BigInt(expected.generation)) {
      leave(path, rank, 'it is newer than the receipt; --force replaces it');
    } else if (source.bytes === null) leave(path, rank, source.why);
    else groups[rank]?.push({ difference, source: source.bytes });
  }
  for (const [rank, group] of groups.entries()) {
    const isBlocked = broken.slice(0, rank).includes(true);
    await forEachBounded(group, QUEUED_AT_ONCE, async ({ difference: { path, expected, found }, source }) => {
      if (isBlocked) return leave(path, rank, 'what it refers to is incomplete');
      if (expected === null) return;
      const condition: Condition = found ? { generation: found.generation } : 'absent';
      const stored = await nullOnConflict(() => source.put(storage, { condition }));
      if (stored === null) return leave(path, rank, 'someone else wrote it in the meantime');
      if (stored.bytes !== expected.bytes || stored.crc32c !== expected.crc32c) {
        return leave(path, rank, 'its file changed in the meantime');
      }
      const headers = headersOf(expected);
      if (stored.headers !== null && !hasHeaders(stored.headers, headers)) await storage.patch(stored, headers);
    });
  }
}

async function patch(
  differences: readonly Difference[],
  { storage }: RepairRequest,
  left: Map<string, string>,
): Promise<void> {
  const wrong = differences.filter(({ code }) => code === 'headers-differ');
  await forEachBounded(wrong, QUEUED_AT_ONCE, async ({ path, expected, found }) => {
    if (expected === null || found === null) return;
    const patched = await nullOnConflict(() => storage.patch(found, headersOf(expected)));
    if (patched === null) left.set(path, 'someone else wrote it in the meantime');
  });
}
