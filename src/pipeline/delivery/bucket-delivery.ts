import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Artifact, TitleRecord } from '../../model/artifact.js';
import { MASTER_NAME, RECORD_NAME } from '../../model/title-files.js';
import { crc32cOfFile } from '../../storage/crc32c.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import type { Published } from '../work/published.js';
import { checkUploaded } from './check-delivered.js';
import type { Delivery, DeliveryOptions } from './delivery.js';
import { openLedger, type UploadLedger } from './upload-ledger.js';
import type { UploadMeter } from './upload-meter.js';
import { createUploader, type Uploader } from './uploader.js';

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
  { there, before, maxStaging, chunksAtOnce }: DeliveryOptions,
): Promise<Delivery> {
  const ledger = await openLedger(folder);
  const uploader = createUploader({ storage, there, ledger, meter, maxStaging, chunksAtOnce });
  const generationOf = async (path: string): Promise<string | null> => (await there.get(path))?.generation ?? null;
  const stable = [MASTER_NAME, RECORD_NAME];
  return {
    published: publishedInBucket(storage, there, { uploader, ledger, before }),
    failed: uploader.failed,
    stagedBytes: maxStaging,
    shared: {
      expected: new Map(await Promise.all(stable.map(async (path) => [path, await generationOf(path)] as const))),
      brought: ledger.all(),
      knows: (path, crc32c) => ledger.knows(path, crc32c),
      announce: (path, entry) => ledger.announce(path, entry),
    },
    take: (path, file, bytes) => uploader.add(path, file, bytes),
    settle: () => uploader.settle(),
    async check(artifacts) {
      const all: Artifact[] = [];
      for (const artifact of artifacts) {
        const crc32c = await checksumOf(artifact, uploader, there);
        all.push(crc32c === undefined ? artifact : { ...artifact, crc32c });
      }
      await checkUploaded(folder, all);
      return all;
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

/** From its confirmation, or its bytes, or what was there before. */
async function checksumOf(
  { path, file, bytes }: Artifact,
  uploader: Uploader,
  there: Snapshot,
): Promise<string | undefined> {
  const confirmed = uploader.confirmed.get(path);
  if (confirmed) return confirmed.crc32c ?? undefined;
  if (existsSync(file)) return (await crc32cOfFile(file)).crc32c;
  const found = await there.get(path);
  return found?.bytes === bytes ? (found.crc32c ?? undefined) : undefined;
}

function publishedInBucket(
  storage: Storage,
  there: Snapshot,
  ours: { readonly uploader: Uploader; readonly ledger: UploadLedger; readonly before: TitleRecord | null },
): Published {
  const { uploader, ledger, before } = ours;
  // Of an older version that is kept, too: a title that is made again takes its names.
  const files = before ? [before, ...(before.kept ?? [])].flatMap((version) => version.files) : [];
  const recorded = new Set(files.map(({ path, crc32c }) => `${crc32c} ${path}`));
  return {
    async has({ rendition, file, bytes }) {
      const path = `${rendition}/${file}`;
      const found = uploader.confirmed.get(path) ?? (await there.get(path));
      // By its size alone nothing is taken for what was made.
      if (found?.bytes !== bytes || found.crc32c === null) return false;
      return ledger.all().get(path)?.crc32c === found.crc32c || recorded.has(`${found.crc32c} ${path}`);
    },
    async fetch(path, file) {
      const found = await there.get(path);
      const bytes = found && (await storage.read(path, found.generation));
      if (!bytes) return false;
      await writeFile(file, bytes);
      return true;
    },
  };
}
