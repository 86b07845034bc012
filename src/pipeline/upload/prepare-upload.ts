import { MediactlError } from '../../errors.js';
import type { Artifact, TitleRecord } from '../../model/artifact.js';
import { printable } from '../../model/text.js';
import { classOf, MASTER_NAME, RECORD_NAME } from '../../model/title-files.js';
import type { Shared } from '../../stages/publish/publish.js';
import type { Snapshot } from '../../storage/storage.js';
import type { Place } from '../delivery/place.js';
import type { UploadLedger } from '../delivery/upload-ledger.js';
import { keptVersions } from '../record/make-record.js';
import { checkWhole, isUnchanged, readRecord } from '../record/record.js';
import type { ChecksummedFile } from './tree.js';

/** A title of a folder, ready to replace the one in a bucket. */
export interface PreparedUpload {
  readonly artifacts: readonly Artifact[];
  readonly record: TitleRecord;
  /** What is there now, null when it is no title of ours. */
  readonly previous: TitleRecord | null;
  /** What is there is this title already, but for its headers. */
  readonly isThere: boolean;
  readonly shared: Pick<Shared, 'expected' | 'brought' | 'knows' | 'announce'>;
}

/** Reads nothing but the record in the bucket, and writes nothing. Throws MediactlError verify-failed, storage-…. */
export async function prepareUpload(
  made: TitleRecord,
  staged: readonly ChecksummedFile[],
  {
    folder,
    destination,
    there,
    ledger = null,
  }: {
    readonly folder: string;
    readonly destination: Place;
    readonly there: Snapshot;
    /** What earlier runs have brought. */
    readonly ledger?: UploadLedger | null;
  },
): Promise<PreparedUpload> {
  const { storage, keepVersions } = destination;
  const found = new Map(staged.map((file) => [file.path, file]));
  const artifacts = made.files.map((recorded): Artifact => {
    const { path, bytes } = recorded;
    const file = found.get(path);
    if (file?.bytes === bytes) return { path, bytes, class: classOf(recorded), file: file.file, crc32c: file.crc32c };
    throw new MediactlError('verify-failed', `the title in ${printable(folder)} is not whole`, {
      reason: `${printable(path)} ${file ? `has ${file.bytes} bytes instead of ${bytes}` : 'is missing'}`,
      hint: 'run the encode again: it makes what is missing',
    });
  });
  checkWhole(artifacts);
  const files = made.files.map((recorded, i) => ({ ...recorded, crc32c: artifacts[i]?.crc32c }));
  const generations = await Promise.all([MASTER_NAME, RECORD_NAME].map((path) => there.get(path)));
  const present = generations[1] ? await readRecord(storage, generations[1].generation) : ({ kind: 'none' } as const);
  const previous = present.kind === 'ours' ? present.record : null;
  // What the folder keeps of older versions is not part of this one.
  const { kept: _kept, ...title } = made;
  const record: TitleRecord = { ...title, files, ...keptVersions({ artifacts, previous, keepVersions }) };
  const isSame = previous !== null && sameFiles(previous, record);
  return {
    artifacts,
    record,
    previous,
    isThere: isSame && (await isUnchanged(storage, previous, record.planKey, there)).unchanged,
    shared: {
      expected: new Map([
        [MASTER_NAME, generations[0]?.generation ?? null],
        [RECORD_NAME, generations[1]?.generation ?? null],
      ]),
      brought: ledger?.all() ?? new Map(),
      // What was brought by an upload that was killed, here or elsewhere, may be what is to be brought now.
      knows: (path, crc32c) =>
        ledger?.knows(path, crc32c) === true || (crc32c !== null && found.get(path)?.crc32c === crc32c),
      announce: async (path, entry) => ledger?.announce(path, entry),
    },
  };
}

function sameFiles(a: TitleRecord, b: TitleRecord): boolean {
  const list = ({ files, planKey }: TitleRecord): string =>
    JSON.stringify([planKey, files.map(({ path, crc32c }) => `${path} ${crc32c}`).toSorted()]);
  return list(a) === list(b);
}
