import type { RecordedFile } from '../../model/artifact.js';
import { namesIn, olderFiles, presentFiles } from '../../model/files-and-journals.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { removeObsolete } from '../../stages/publish/remove-obsolete.js';
import { parseLocation, type Location } from '../../storage/location.js';
import type { Snapshot } from '../../storage/storage.js';
import type { Place } from '../delivery/place.js';
import { openLedger } from '../delivery/upload-ledger.js';

/** What an unfinished run has brought to a bucket, and no title there names. */
export interface UploadedLeftover {
  /** "gs://bucket/titles/movie" */
  readonly destination: string;
  readonly objects: number;
  readonly bytes: number;
  /** Removes them, each only as it was listed: what somebody has put there since stays. */
  remove(): Promise<void>;
}

/**
 * By the ledger of a working folder, and by one listing of the bucket; null where there is nothing, or where the ledger does
 * not say which bucket. Throws what `open` throws, storage-….
 */
export async function uploadedLeftover(
  folder: string,
  open: (location: Location) => Promise<Place>,
): Promise<UploadedLeftover | null> {
  const ledger = await openLedger(folder);
  const { destination } = ledger;
  if (destination === null) return null;
  const place = await open(parseLocation(destination));
  const { snapshot, present } = await place.lookAt();
  const isNamed =
    present.kind === 'ours' ? namesIn([presentFiles(present.record), ...olderFiles(present.record)]) : null;
  const files: RecordedFile[] = [];
  for (const { path } of ledger.all()) {
    const found = await snapshot.get(path);
    // A record that is there is that of a title, whoever made it.
    if (found === null || path === RECORD_NAME || isNamed?.(path) === true) continue;
    if (ledger.isOurs(path, found.crc32c)) files.push({ path, bytes: found.bytes });
  }
  if (files.length === 0) return null;
  return {
    destination,
    objects: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    remove: () => removeAll(place, files, snapshot),
  };
}

async function removeAll({ storage }: Place, files: readonly RecordedFile[], snapshot: Snapshot): Promise<void> {
  await removeObsolete(storage, { files, journals: [] }, snapshot);
}
