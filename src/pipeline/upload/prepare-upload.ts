import type { TitleArtifacts, TitleRecord } from '../../model/artifact.js';
import { presentFiles } from '../../model/files-and-journals.js';
import { ENTRY_NAMES, RECORD_NAME } from '../../model/title-files.js';
import type { SharedDestination } from '../../stages/publish/shared.js';
import type { Snapshot } from '../../storage/storage.js';
import type { Place } from '../delivery/place.js';
import type { UploadLedger } from '../delivery/upload-ledger.js';
import { checkWhole, keptVersions } from '../record/make-record.js';
import { isUnchanged, readRecord } from '../record/record.js';
import { folderArtifacts } from './folder-artifacts.js';
import { uploadedRecord } from './uploaded-record.js';

/** A title of a folder, ready to replace the one in a bucket. */
export interface PreparedUpload {
  readonly artifacts: TitleArtifacts;
  readonly record: TitleRecord;
  /** What is there now, null when it is no title of ours. */
  readonly previous: TitleRecord | null;
  /** What is there is this title already, but for its headers. */
  readonly isThere: boolean;
  readonly shared: SharedDestination;
}

export interface PrepareRequest {
  readonly folder: string;
  readonly destination: Pick<Place, 'storage' | 'keepVersions'>;
  readonly snapshot: Snapshot;
  readonly signal: AbortSignal;
  /** What earlier runs have brought; null: nothing is remembered. */
  readonly ledger: UploadLedger | null;
}

/** Reads nothing but record and journals in the bucket, and writes nothing. Throws MediactlError verify-failed, storage-…. */
export async function prepareUpload(made: TitleRecord, request: PrepareRequest): Promise<PreparedUpload> {
  const { folder, destination, snapshot, signal, ledger } = request;
  const { storage, keepVersions } = destination;
  const artifacts = await folderArtifacts(made, folder, signal);
  checkWhole(artifacts.files);
  const sums = new Map(artifacts.files.map(({ path, crc32c }) => [path, crc32c]));
  const stable = [...ENTRY_NAMES, RECORD_NAME];
  const found = new Map(await Promise.all(stable.map(async (path) => [path, await snapshot.get(path)] as const)));
  const foundRecord = found.get(RECORD_NAME);
  const present = foundRecord ? await readRecord(storage, foundRecord.generation) : ({ kind: 'none' } as const);
  const previous = present.kind === 'ours' ? present.record : null;
  const title = uploadedRecord(made, (path) => sums.get(path));
  const record = { ...title, ...keptVersions(presentFiles(title), { previous, keepVersions }) };
  const isSame = previous !== null && sameFiles(previous, record);
  return {
    artifacts,
    record,
    previous,
    isThere: isSame && (await isUnchanged(storage, previous, record.planKey, snapshot)).unchanged,
    shared: {
      expected: new Map([...found].map(([path, stored]) => [path, stored?.generation ?? null])),
      ownUploads: () => ledger?.all() ?? [],
      // What was brought by an upload that was killed, here or elsewhere, may be what is to be brought now.
      isOurs: (path, crc32c) => ledger?.isOurs(path, crc32c) === true || (crc32c !== null && sums.get(path) === crc32c),
      recordIntent: async (path, entry) => ledger?.recordIntent(path, entry),
    },
  };
}

function sameFiles(a: TitleRecord, b: TitleRecord): boolean {
  const list = (record: TitleRecord): string => {
    const { files, journals } = presentFiles(record);
    return JSON.stringify([
      record.planKey,
      [...files, ...journals].map(({ path, crc32c }) => `${path} ${crc32c}`).toSorted(),
    ]);
  };
  return list(a) === list(b);
}
