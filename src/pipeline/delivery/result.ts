import type { TitleRecord } from '../../model/artifact.js';
import type { ResultEvent, Transfer, UploadedObject, UploadedObjects } from '../../model/events.js';
import { CLEARKEY_MPD_NAME, CMAF_MASTER_NAME, MASTER_NAME, MPD_NAME } from '../../model/title-files.js';
import { recordBytes } from '../../model/title-record.js';
import type { Listing } from '../../storage/listing.js';
import type { Stored } from '../../storage/storage.js';
import { durationOf } from '../record/record.js';
import { recordedProtection } from '../record/recorded-protection.js';
import type { Place } from './place.js';

/** The final event of a title. */
export function resultOf(made: {
  readonly outcome: ResultEvent['outcome'];
  readonly destination: Pick<Place, 'name' | 'addressesOf'>;
  /** In a bucket: all objects of the title. */
  readonly stored: Listing | null;
  readonly record: TitleRecord;
  readonly elapsedSeconds: number;
}): ResultEvent {
  const { record } = made;
  const { name } = made.destination;
  const { playlist, ...addresses } = made.destination.addressesOf(MASTER_NAME, made.stored);
  return {
    type: 'result',
    outcome: made.outcome,
    status: record.status,
    output: name,
    playlist,
    ...otherEntries(made),
    durationSeconds: durationOf(record),
    elapsedSeconds: made.elapsedSeconds,
    bytes: recordBytes(record),
    renditions: record.renditions.map(({ journal: _journal, ...measure }) => measure),
    ...addresses,
    account: record.account ?? [],
    leftOut: record.leftOut ?? [],
    warnings: record.warnings,
  };
}

/** What players open beside the master playlist, where the title has it. */
function otherEntries({
  destination,
  record,
}: {
  readonly destination: Pick<Place, 'addressesOf'>;
  readonly record: TitleRecord;
}): Pick<ResultEvent, 'cmafPlaylist' | 'manifest' | 'clearKeyManifest' | 'protection'> {
  const paths = new Set(record.files.map(({ path }) => path));
  const protection = recordedProtection(record);
  const where = (name: string): string => destination.addressesOf(name, null).playlist;
  return {
    ...(paths.has(CMAF_MASTER_NAME) ? { cmafPlaylist: where(CMAF_MASTER_NAME) } : {}),
    ...(paths.has(MPD_NAME) ? { manifest: where(MPD_NAME) } : {}),
    ...(paths.has(CLEARKEY_MPD_NAME) ? { clearKeyManifest: where(CLEARKEY_MPD_NAME) } : {}),
    ...(protection ? { protection } : {}),
  };
}

/** What was done for the objects that are there now; nothing for those that were neither sent nor patched. */
export function transferOf(stored: Listing, { sent, patched }: Pick<Transfer, 'sent' | 'patched'>): Transfer {
  let bytes = 0;
  for (const each of stored.all()) bytes += each.bytes;
  const there = {
    objects: Math.max(0, stored.size - sent.objects - patched.objects),
    bytes: Math.max(0, bytes - sent.bytes - patched.bytes),
  };
  return { sent, patched, there };
}

/** All objects of a listing, in the order of their names, each made when it is asked for. */
export function uploadedObjects(listing: Listing): UploadedObjects {
  function* all(): Generator<UploadedObject> {
    for (const stored of listing.all()) yield uploadedObject(stored);
  }
  const find = (path: string): UploadedObject | null => {
    const stored = listing.find(path);
    return stored && uploadedObject(stored);
  };
  return { size: listing.size, find, [Symbol.iterator]: all, toJSON: () => [...all()] };
}

/** A stored object as results and receipts list it. */
export function uploadedObject({ path, bytes, crc32c, generation, headers }: Stored): UploadedObject {
  const { contentType = null, cacheControl = null, metadata = {} } = headers ?? {};
  return { path, bytes, crc32c, generation, contentType, cacheControl, metadata };
}

/** An object that a receipt lists, as it was stored. */
export function storedObject({ contentType, cacheControl, metadata, ...stored }: UploadedObject): Stored {
  return { ...stored, headers: contentType === null ? null : { contentType, cacheControl, metadata } };
}
