import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact, TitleRecord } from '../../model/artifact.js';
import { presentFiles } from '../../model/files-and-journals.js';
import { ENTRY_NAMES, RECORD_NAME } from '../../model/title-files.js';
import { recordedListing } from '../../stages/publish/list-files.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import type { Storage, Stored } from '../../storage/storage.js';
import type { Published } from '../work/published.js';
import { checkUploaded } from './check-delivered.js';
import type { Delivery, DeliveryOptions } from './delivery.js';
import { openLedger, type LedgerEntry, type UploadLedger } from './upload-ledger.js';
import type { UploadMeter } from './upload-meter.js';
import { createUploader } from './uploader.js';

interface BucketAccess {
  readonly storage: Storage;
  readonly meter: UploadMeter;
  /** Ends what is under way. */
  readonly stop: (reason: unknown) => void;
}

/** To a bucket: segments go there while the encode goes on, and the ledger in the working folder remembers them. */
export async function openBucketDelivery(
  folder: string,
  { storage, meter, stop }: BucketAccess,
  { snapshot, before, maxStaging, chunksAtOnce, othersBegun }: DeliveryOptions,
): Promise<Delivery> {
  const ledger = await openLedger(folder, storage.name);
  const uploader = createUploader({ storage, snapshot, ledger, meter, maxStaging, chunksAtOnce });
  const generationOf = async (path: string): Promise<string | null> => (await snapshot.get(path))?.generation ?? null;
  const stable = [...ENTRY_NAMES, RECORD_NAME];
  const find = async (path: string): Promise<Stored | null> =>
    uploader.confirmed.find(path) ?? (await snapshot.get(path));
  const sizeThere = async (path: string): Promise<number | null> => {
    // What is staged is what will be there.
    if (existsSync(join(folder, path))) return null;
    return (await find(path))?.bytes ?? null;
  };
  return {
    published: await publishedInBucket(storage, { find, ledger, before }),
    failed: uploader.failed,
    stagedBytes: maxStaging,
    shared: {
      expected: new Map(await Promise.all(stable.map(async (path) => [path, await generationOf(path)] as const))),
      ownUploads: () => broughtForThis(ledger, othersBegun),
      isOurs: (path, crc32c) => ledger.isOurs(path, crc32c),
      recordIntent: (path, entry) => ledger.recordIntent(path, entry),
    },
    take: (path, file, bytes, kind) => uploader.add(path, file, bytes, kind),
    settle: () => uploader.settle(),
    async check({ files, segments }) {
      await checkUploaded(folder, { files }, sizeThere);
      const summed: Artifact[] = [];
      for (const artifact of files) summed.push(await withChecksum(artifact, find));
      return {
        files: summed,
        async *segments() {
          for await (const segment of segments()) yield withChecksum(segment, find);
        },
      };
    },
    // Each object was confirmed when it was written.
    async checkPublished() {
      meter.finish();
      await Promise.resolve();
    },
    stop,
    async close() {
      await uploader.idle();
      await ledger.close();
    },
  };
}

/** What was brought of renditions that another run has begun and not ended is that run's, and stays. */
function* broughtForThis(
  ledger: UploadLedger,
  others: ReadonlySet<string>,
): Generator<LedgerEntry & { readonly path: string }> {
  for (const entry of ledger.all()) if (!others.has(entry.path.split('/')[0] ?? '')) yield entry;
}

/** From its journal, its confirmation, its bytes, or what was there before. */
async function withChecksum(artifact: Artifact, find: (path: string) => Promise<Stored | null>): Promise<Artifact> {
  const { path, file, bytes, crc32c } = artifact;
  if (crc32c !== undefined) return artifact;
  if (existsSync(file)) return { ...artifact, crc32c: (await crc32cOfFile(file)).crc32c };
  const found = await find(path);
  return { ...artifact, crc32c: found?.bytes === bytes ? (found.crc32c ?? undefined) : undefined };
}

async function publishedInBucket(
  storage: Storage,
  ours: {
    readonly find: (path: string) => Promise<Stored | null>;
    readonly ledger: UploadLedger;
    readonly before: TitleRecord | null;
  },
): Promise<Published> {
  const { find, ledger, before } = ours;
  // Of an older version that is kept, too: a title that is made again takes its names.
  const versions = before ? [presentFiles(before), ...(before.kept ?? [])] : [];
  const recorded = await recordedListing(versions, { storage });
  return {
    async has({ rendition, file, bytes }) {
      const path = `${rendition}/${file}`;
      const found = await find(path);
      // By its size alone nothing is taken for what was made.
      if (found?.bytes !== bytes || found.crc32c === null) return false;
      return ledger.last(path)?.crc32c === found.crc32c || recorded.find(path)?.crc32c === found.crc32c;
    },
    async fetch(path, file) {
      const found = await find(path);
      const bytes = found && (await storage.read(path, found.generation));
      if (!bytes) return false;
      await writeFile(file, bytes);
      return true;
    },
  };
}
