import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UploadedObject } from '../../model/events.js';
import type { UploadReceipt } from '../../model/receipt.js';
import { classOf, RECORD_NAME, type FileClass } from '../../model/title-files.js';
import { recordText } from '../../model/title-record.js';
import { crc32cOf, crc32cOfFile } from '../../storage/crc32c.js';
import { LocalStorage } from '../../storage/local.js';
import type { Storage, Stored, WriteOptions } from '../../storage/storage.js';
import { readRecord } from '../record/record.js';
import { classOfFile } from './tree.js';
import { uploadedRecord } from './uploaded-record.js';

/** Where the bytes of an object are on this machine. */
export interface LocalSource {
  put(storage: Storage, options: WriteOptions): Promise<Stored>;
}

type Found =
  | { readonly class: FileClass; readonly bytes: LocalSource }
  | { readonly class: FileClass; readonly bytes: null; readonly why: string };

/** The bytes of an object as the receipt has them, by size and checksum, in the folder that was uploaded. */
export async function findLocal(
  folder: string | null,
  object: UploadedObject,
  { receipt, isTitle }: { readonly receipt: UploadReceipt; readonly isTitle: boolean },
): Promise<Found> {
  const { path } = object;
  const file = folder === null ? null : join(folder, path);
  const existing = file === null ? null : await lstat(file).catch(() => null);
  const kind = isTitle || file === null || !existing?.isFile() ? classOf({ path }) : await classOfFile(path, file);
  if (folder === null || file === null) {
    return {
      class: kind,
      bytes: null,
      why: 'the receipt names no folder to send it from: name one, or encode the title again if it was made with encode --to',
    };
  }
  if (!existing?.isFile()) return { class: kind, bytes: null, why: `${folder} does not have it` };
  if (path === RECORD_NAME) {
    const bytes = await recordAsUploaded(folder, receipt);
    if (bytes && crc32cOf(bytes) === object.crc32c) {
      return { class: kind, bytes: { put: (storage, options) => storage.write(path, bytes, kind, options) } };
    }
  }
  const { bytes, crc32c } = await crc32cOfFile(file);
  if (bytes !== object.bytes || crc32c !== object.crc32c) {
    return { class: kind, bytes: null, why: `${folder} has another version of it: upload the folder again` };
  }
  return { class: kind, bytes: { put: (storage, options) => storage.put(path, file, kind, options) } };
}

/** In a bucket the record lists checksums, too. Null when the folder has no title. */
async function recordAsUploaded(folder: string, receipt: UploadReceipt): Promise<Uint8Array | null> {
  const local = await readRecord(new LocalStorage(folder));
  if (local.kind !== 'ours') return null;
  return recordText(uploadedRecord(local.record, (path) => receipt.objects.find(path)?.crc32c ?? undefined));
}
