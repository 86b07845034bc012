import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import { stepOf, STEPS, type Step } from '../../model/title-files.js';
import { recordedListing } from '../../stages/publish/list-files.js';
import { parsePending, PENDING_NAME } from '../../stages/publish/pending.js';
import { forEachBounded, QUEUED_AT_ONCE } from '../../storage/bounded.js';
import { removeIf } from '../../storage/conflict.js';
import type { Storage, Stored } from '../../storage/storage.js';
import { classesOf } from '../record/record.js';
import { join } from './title-folders.js';
import { countOf, summarise, type TitleSummary } from './title-summary.js';
import type { FoundTitle } from './titles.js';

/** What is removed of a title, decided before anything is. */
export interface Removal {
  readonly title: TitleSummary;
  /** Groups, each removed when the one before is gone; the last is the record. Each call begins anew. */
  readonly groups: readonly (() => Iterable<Stored>)[];
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
  const { root, record, recordFile } = title;
  const pathInTitle = (path: string): string => (root === '' ? path : path.slice(root.length + 1));
  const isOfInterrupted = await ofInterruptedPublishing(title, storage);
  const classAt = classesOf(record);
  function* all(): Generator<Stored> {
    yield* title.objects('file', 'kept');
    for (const stored of title.objects('other', 'note')) if (isOfInterrupted(stored)) yield stored;
  }
  function* ofStep(step: Step): Generator<Stored> {
    for (const stored of all()) if (stepOf(classAt(pathInTitle(stored.path))) === step) yield stored;
  }
  const summary = summarise(title, storage.name);
  const { objects, bytes } = countOf(all());
  let others = 0;
  for (const stored of title.objects('other')) if (!isOfInterrupted(stored)) others++;
  return {
    title: { ...summary, others },
    groups: [...STEPS.toReversed().map((step) => () => ofStep(step)), () => [recordFile]],
    objects: objects + 1,
    bytes: bytes + recordFile.bytes,
    changed: [...title.objects('changed', 'changed-kept')].map(({ path }) => path),
  };
}

/** Knows what a publication to a folder had brought when it was killed, and its note. */
async function ofInterruptedPublishing({ root }: FoundTitle, storage: Storage): Promise<(stored: Stored) => boolean> {
  const prefix = join(root, '');
  const note = await storage.stat(prefix + PENDING_NAME);
  const bytes = note && (await storage.read(note.path, note.generation));
  if (!note || !bytes) return () => false;
  const { files, obsolete } = parsePending(bytes);
  const listed = await Promise.all([files, obsolete].map((part) => recordedListing([part], { storage, root: prefix })));
  return ({ path, bytes: size }) =>
    path === note.path || listed.some((each) => each.find(path.slice(prefix.length))?.bytes === size);
}

/** Throws storage-hold or storage-retention when the bucket has said that it would refuse: before anything is removed. */
export function checkRemovable({ title, groups }: Removal): void {
  let first: Stored | null = null;
  let held = 0;
  for (const group of groups) {
    for (const stored of group()) {
      if (stored.heldBy === undefined) continue;
      first ??= stored;
      held++;
    }
  }
  if (!first) return;
  const hold = first.heldBy === 'hold';
  throw new MediactlError(
    hold ? 'storage-hold' : 'storage-retention',
    `${printable(title.location)} cannot be removed`,
    {
      reason: `${held} of its objects are ${hold ? 'held' : 'kept by a retention policy'}, such as ${printable(first.path)}; nothing was removed`,
      hint: hold
        ? `release them: gcloud storage objects update "${title.location}/**" --no-temporary-hold --no-event-based-hold`
        : 'wait until the retention period is over',
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
    await forEachBounded(group(), QUEUED_AT_ONCE, async (stored) => {
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
  const done = removed === 0 ? 'nothing was removed' : `${removed} objects of the previous version were removed`;
  return new MediactlError(
    'storage-conflict',
    `someone else published ${printable(location)} while it was being removed`,
    {
      reason: `its playlist or record is not the one that was listed; ${done}`,
      hint: `see what is there now: mediactl ls ${location}`,
    },
  );
}
