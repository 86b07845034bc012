import { MediactlError } from '../../errors.js';
import type { TitleRecord } from '../../model/artifact.js';
import { namesIn, presentFiles } from '../../model/files-and-journals.js';
import { RECORD_NAME } from '../../model/title-files.js';
import { Listing } from '../../storage/listing.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { readRecord } from '../record/record.js';
import { openBucketDelivery } from './bucket-delivery.js';
import { chooseFreeEdition } from './choose-edition.js';
import type { Place, PresentTitle } from './place.js';
import { transferOf, uploadedObjects } from './result.js';
import { openLedger } from './upload-ledger.js';
import type { UploadMeter } from './upload-meter.js';

export interface BucketPlaceOptions {
  readonly storage: Storage;
  /** "gs://bucket/titles/movie" */
  readonly name: string;
  /** Where players get the title when its objects are public. */
  readonly url: string;
  readonly folder: string;
  /** Absolute path of the folder in which a title for it is made, and which remembers what was uploaded. */
  readonly workFolder: string;
  readonly keepVersions: number;
  readonly meter: UploadMeter;
  readonly stop: (reason: unknown) => void;
}

/**
 * A bucket: closed segments go there ahead of the rest, a ledger in the working folder remembers them, and as no lock
 * reaches other machines, each write has a condition and each run names of its own.
 */
export function bucketPlace(options: BucketPlaceOptions): Place {
  const { storage, name, url, folder, workFolder, keepVersions, meter, stop } = options;
  return {
    storage,
    name,
    folder,
    keepVersions,
    meter,
    lookAt: () => lookAt(storage),
    chooseEdition: async (plan, first, present) => {
      const ledger = await openLedger(workFolder);
      const isOurs = (path: string, crc32c: string | null): boolean => ledger.isOurs(path, crc32c);
      return chooseFreeEdition(plan, first, { ...present, storage, folder, isOurs });
    },
    async ownership(snapshot) {
      const ledger = await openLedger(workFolder);
      return { snapshot, isOurs: ({ path, crc32c }) => ledger.isOurs(path, crc32c) };
    },
    openDelivery: (work, delivery) => openBucketDelivery(work, { storage, meter, stop }, delivery),
    objectsOf,
    addressesOf: (playlist, stored) => ({
      playlist: playlist === null ? name : `${name}/${playlist}`,
      url: [url, ...(playlist ?? '').split('/').filter(Boolean).map(encodeURIComponent)].join('/'),
      objects: uploadedObjects(stored ?? new Listing()),
      transfer: transferOf(stored ?? new Listing(), meter.done()),
    }),
    // Each object is removed only as it was listed.
    withLock: (_location, _command, work) => work(),
    stop,
  };
}

/** One listing, and the record of that very moment. */
async function lookAt(storage: Storage): Promise<PresentTitle> {
  const snapshot = await storage.snapshot();
  const stored = await snapshot.get(RECORD_NAME);
  if (!stored) return { snapshot, present: { kind: 'none' } };
  const present = await readRecord(storage, stored.generation);
  if (present.kind !== 'none') return { snapshot, present };
  throw new MediactlError('storage-conflict', `another run is publishing ${storage.name} right now`, {
    hint: 'run the same command again later',
  });
}

/** Reads no journal: segments are known by their names. */
async function objectsOf(record: TitleRecord, listing: Snapshot): Promise<Listing> {
  const isNamed = namesIn([presentFiles(record)]);
  const found = new Listing();
  for await (const stored of listing.all()) {
    if (stored.path === RECORD_NAME || isNamed(stored.path)) found.set(stored);
  }
  return found;
}
