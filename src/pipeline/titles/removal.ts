import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { stepOf, STEPS } from '../../model/title-files.js';
import { parsePending, PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { removeIf } from '../../storage/conflict.js';
import type { Storage, Stored } from '../../storage/storage.js';
import { classesOf } from '../record/record.js';
import { join } from './title-folders.js';
import { sizeOf, summarise, type TitleSummary } from './title-summary.js';
import type { FoundTitle } from './titles.js';

/** What is removed of a title, decided before anything is. */
export interface Removal {
  readonly title: TitleSummary;
  /** Groups, each removed when the one before is gone; the last is the record. */
  readonly groups: readonly (readonly Stored[])[];
  readonly objects: number;
  readonly bytes: number;
  /** Of the title, but changed since: they stay. */
  readonly changed: readonly string[];
}

export interface Removed {
  readonly objects: number;
  readonly bytes: number;
  /** Replaced by somebody while the rest was removed: they stay. */
  readonly left: readonly string[];
}

/**
 * All that the record of a title lists and that is there as listed, older versions included, against the order of
 * publishing: what players open goes first, so that nobody begins what is about to go; the record, by which the same
 * command finds the rest after a kill, goes last. Nothing is removed here.
 */
export async function planRemoval(title: FoundTitle, storage: Storage): Promise<Removal> {
  const { root, record, files, kept, recordFile, changed, changedKept, others } = title;
  const classAt = classesOf(record);
  const step = ({ path }: Stored): number => stepOf(classAt(root === '' ? path : path.slice(root.length + 1)));
  const interrupted = await ofInterruptedPublishing(title, storage);
  const all = [...files, ...kept, ...interrupted];
  const groups = STEPS.toReversed().map((wanted) => all.filter((stored) => step(stored) === wanted));
  const summary = summarise(title, storage.name);
  return {
    title: { ...summary, others: others.filter((stored) => !interrupted.includes(stored)).length },
    groups: [...groups, [recordFile]],
    objects: all.length + 1,
    bytes: sizeOf(all) + recordFile.bytes,
    changed: [...changed, ...changedKept].map(({ path }) => path),
  };
}

/** What a publication to a folder had brought when it was killed, and its note. */
async function ofInterruptedPublishing({ root, others }: FoundTitle, storage: Storage): Promise<Stored[]> {
  const note = await storage.stat(join(root, PENDING_NAME));
  const bytes = note && (await storage.read(note.path, note.generation));
  if (!note || !bytes) return [];
  const { files, obsolete } = parsePending(bytes);
  const known = new Set([...files, ...obsolete].map((file) => `${file.bytes} ${join(root, file.path)}`));
  return [...others.filter(({ path, bytes }) => known.has(`${bytes} ${path}`)), note];
}

/** Throws storage-hold or storage-retention when the bucket has said that it would refuse: before anything is removed. */
export function checkRemovable({ title, groups }: Removal): void {
  const held = groups.flat().filter(({ heldBy }) => heldBy !== undefined);
  const [first] = held;
  if (!first) return;
  const hold = first.heldBy === 'hold';
  throw new MediactlError(
    hold ? 'storage-hold' : 'storage-retention',
    `${printable(title.location)} cannot be removed`,
    {
      reason: `${held.length} of its objects are ${hold ? 'held' : 'kept by a retention policy'}, such as ${printable(first.path)}; nothing was removed`,
      hint: hold
        ? `release them: gcloud storage objects update "${title.location}/**" --no-temporary-hold --no-event-based-hold`
        : 'wait until their time is over',
    },
  );
}

/**
 * Removes what was planned, each object only as it was listed. Stopped at any moment, it can be planned and run again.
 * Throws MediactlError: storage-conflict when somebody publishes the title meanwhile, storage-…, output-not-writable.
 */
export async function removeTitle({ title, groups }: Removal, storage: Storage): Promise<Removed> {
  const left: string[] = [];
  let objects = 0;
  let bytes = 0;
  const last = groups.length - 1;
  for (const [i, group] of groups.entries()) {
    // A power cut must not bring back what the record lists without the record.
    if (i === last) await storage.flush();
    await forEachBounded(group, QUEUED_AT_ONCE, async (stored) => {
      if (await removeIf(storage, stored)) {
        objects++;
        bytes += stored.bytes;
      } else if (i === 0 || i === last) throw publishedMeanwhile(title, objects);
      else left.push(stored.path);
    });
  }
  await storage.flush();
  return { objects, bytes, left: left.toSorted() };
}

function publishedMeanwhile({ location }: TitleSummary, removed: number): MediactlError {
  const done = removed === 0 ? 'nothing was removed' : `${removed} objects of the version before were removed`;
  return new MediactlError('storage-conflict', `somebody published ${printable(location)} while it was to be removed`, {
    reason: `its playlist or record is not the one that was listed; ${done}`,
    hint: `see what is there now: mediactl ls ${location}`,
  });
}
