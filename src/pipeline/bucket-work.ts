import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { Artifact, TitleRecord } from '../model/artifact.js';
import { MASTER_NAME, RECORD_NAME } from '../stages/publish/ownership.js';
import type { Shared } from '../stages/publish/publish.js';
import { crc32cOfFile } from '../storage/crc32c.js';
import type { Snapshot } from '../storage/storage.js';
import type { Destination } from './destination.js';
import type { Published } from './journal.js';
import { openLedger, type UploadLedger } from './upload-ledger.js';
import { createUploader, type Uploader } from './uploader.js';

/** What a title needs on its way to a bucket, beside what every title needs. */
export interface BucketWork {
  readonly uploader: Uploader;
  /** What is in the bucket already and may be gone on with. */
  readonly published: Published;
  readonly shared: Shared;
  readonly ledger: UploadLedger;
  /** With the checksum of each, from its confirmation or its bytes. */
  withChecksums(artifacts: readonly Artifact[]): Promise<Artifact[]>;
  close(): Promise<void>;
}

/** Null for a folder. `there`: the listing of the bucket when the work began. */
export async function openBucketWork(
  folder: string,
  destination: Destination,
  options: { readonly there: Snapshot; readonly before: TitleRecord | null; readonly maxStaging: number },
): Promise<BucketWork | null> {
  const { storage, bucket } = destination;
  if (!bucket) return null;
  const { there, before, maxStaging } = options;
  const ledger = await openLedger(folder);
  const uploader = createUploader({ storage, there, ledger, meter: bucket.meter, maxStaging });
  const recorded = new Map(before?.files.map(({ path, crc32c }) => [path, crc32c]));
  const generationOf = async (path: string): Promise<string | null> => (await there.get(path))?.generation ?? null;

  const checksumOf = async ({ path, file, bytes }: Artifact): Promise<string | undefined> => {
    const confirmed = uploader.confirmed.get(path);
    if (confirmed) return confirmed.crc32c ?? undefined;
    if (existsSync(file)) return (await crc32cOfFile(file)).crc32c;
    const found = await there.get(path);
    return found?.bytes === bytes ? (found.crc32c ?? undefined) : undefined;
  };
  return {
    uploader,
    ledger,
    published: {
      async has({ rendition, file, bytes }) {
        const path = `${rendition}/${file}`;
        const found = uploader.confirmed.get(path) ?? (await there.get(path));
        // By its size alone nothing is taken for what was made.
        if (found?.bytes !== bytes || found.crc32c === null) return false;
        return ledger.all().get(path)?.crc32c === found.crc32c || recorded.get(path) === found.crc32c;
      },
      async fetch(path, file) {
        const found = await there.get(path);
        const bytes = found && (await storage.read(path, found.generation));
        if (!bytes) return false;
        await writeFile(file, bytes);
        return true;
      },
    },
    shared: {
      expected: new Map([
        [MASTER_NAME, await generationOf(MASTER_NAME)],
        [RECORD_NAME, await generationOf(RECORD_NAME)],
      ]),
      brought: ledger.all(),
      knows: (path, crc32c) => ledger.knows(path, crc32c),
      announce: (path, entry) => ledger.announce(path, entry),
    },
    async withChecksums(artifacts) {
      const all: Artifact[] = [];
      for (const artifact of artifacts) {
        const crc32c = await checksumOf(artifact);
        all.push(crc32c === undefined ? artifact : { ...artifact, crc32c });
      }
      return all;
    },
    async close() {
      await uploader.idle();
      await ledger.close();
    },
  };
}
