import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { presentFiles } from '../../model/files-and-journals.js';
import type { EncodePlan } from '../../model/plan.js';
import { classOf, stepOf } from '../../model/title-files.js';
import { withEdition } from '../../stages/plan/edition.js';
import { filesOf, isAsRecorded, recordedListing } from '../../stages/publish/list-files.js';
import type { Snapshot, Storage } from '../../storage/storage.js';
import { isUnchanged, planKey, type RecordState } from '../record/record.js';

/** Which names of a bucket are taken, and by whom. */
export interface BucketNames {
  readonly storage: Storage;
  readonly snapshot: Snapshot;
  readonly present: RecordState;
  /** The folder beside which the work happens: another one makes another edition of its own. */
  readonly folder: string;
  /** Whether this working folder has uploaded it, or was about to. */
  readonly isOurs: (path: string, crc32c: string | null) => boolean;
}

/**
 * For a bucket, an edition of which nothing was lost, and under whose names nobody else has begun: no lock reaches
 * other machines, and what another run of the same plan has uploaded, alive or dead, must not be replaced. The first
 * choice where it will do, which is nearly always; else one of this working folder's own, the same each time, so that
 * an interrupted run goes on. `plan`: as `plan` gave it, under its own names.
 */
export async function chooseFreeEdition(
  plan: EncodePlan,
  first: string | null,
  { storage, snapshot, present, folder, isOurs }: BucketNames,
): Promise<string | null> {
  const record = present.kind === 'ours' ? present.record : null;
  const key = planKey(withEdition(plan, first));
  if (record?.planKey === key && (await isUnchanged(storage, record, key, snapshot)).unchanged) return first;

  const versions = record ? [presentFiles(record), ...(record.kept ?? [])] : [];
  const listed = await recordedListing(versions, { storage });
  const taken = new Set<string>();
  for await (const stored of snapshot.all()) {
    const { path, crc32c } = stored;
    const recorded = listed.find(path);
    const isListed = recorded !== null && isAsRecorded(stored, recorded);
    if (!isListed && !isOurs(path, crc32c)) taken.add(path.split('/')[0] ?? '');
  }
  // What was lost of a version is not made again under its names: an encoder need not give the same bytes twice.
  for (const version of versions) {
    for await (const file of filesOf(version, { storage })) {
      // Playlists are made again in any case.
      if (stepOf(classOf(file)) > 1) continue;
      if (!isAsRecorded(await snapshot.get(file.path), file)) taken.add(file.path.split('/')[0] ?? '');
    }
  }
  const isFree = (edition: string | null): boolean =>
    withEdition(plan, edition).renditions.every(({ id }) => !taken.has(id));
  let edition = first;
  for (let round = 0; !isFree(edition); round++) {
    edition = createHash('sha256').update(`${hostname()} ${folder} ${first} ${round}`).digest('hex').slice(0, 8);
  }
  return edition;
}
