import { MediactlError } from '../../errors.js';
import type { TitleRecord } from '../../model/artifact.js';
import type { RecordedSource } from '../../model/media.js';
import { CONTAINER_NAMES } from '../../model/packaging.js';
import type { Rendition } from '../../model/rendition.js';
import { printable } from '../../model/text.js';
import { checkOwnership } from '../../stages/publish/ownership.js';
import type { Storage } from '../../storage/storage.js';
import { sourceName } from '../record/public-source.js';
import { readRecord, type RecordState } from '../record/record.js';
import type { Place, PresentTitle } from './place.js';

/** What is to be published: from which source, and whether it may replace what is not the same title. */
export interface Replacement {
  readonly source: RecordedSource;
  /** A title of another source. */
  readonly replace: boolean;
  /** That, and files that are not ours. */
  readonly force: boolean;
}

/**
 * To be asked before any work is done. Throws `output-not-ours` when publishing would replace files that are not ours,
 * `output-other-source` when it would replace a title of ours that was made from something else.
 */
export async function checkReplaceable(
  place: Pick<Place, 'storage' | 'ownership'>,
  { present, snapshot }: PresentTitle,
  { source, replace, force }: Replacement,
): Promise<void> {
  const previous = present.kind === 'ours' ? present.record : null;
  const reason = present.kind === 'foreign' ? present.reason : null;
  const known = await place.ownership(snapshot);
  await checkOwnership(place.storage, { previous, reason, force, ...known });
  if (previous && !replace && !force) checkSameSource(place.storage.name, previous, source);
}

/**
 * Whether it is the same source is a question of its bytes: records do not say where it was, so that a new export of one
 * film and another film of the same name look alike, and one of them would be lost for good.
 * Throws MediactlError output-other-source.
 */
export function checkSameSource(place: string, previous: TitleRecord, source: RecordedSource): void {
  if (previous.source.fingerprint === source.fingerprint) return;
  const [theirs, ours] = [previous.source, source].map(describeSource);
  throw new MediactlError('output-other-source', `${printable(place)} is a title made from another source`, {
    reason: `it was made from ${theirs}; this source is ${ours}`,
    hint: 'choose another destination, or replace the title with --replace',
  });
}

/** "movie.mp4 (1234567 bytes, of 2026-01-02 03:04:05 UTC)": what tells two files of one name apart. */
function describeSource({ path, bytes, modifiedMs }: RecordedSource): string {
  const written =
    modifiedMs === 0 ? '' : `, of ${new Date(modifiedMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return `${printable(sourceName(path))} (${bytes} bytes${written})`;
}

/**
 * The renditions of the title that is there which one of `renditions` would no longer have: "1080p", or "1080p (CMAF)" where
 * only this form of it goes. Records that name no container are of MPEG-TS.
 */
export function lostRenditions(
  { present }: Pick<PresentTitle, 'present'>,
  renditions: readonly Pick<Rendition, 'name' | 'container'>[],
): string[] {
  if (present.kind !== 'ours') return [];
  const lost = present.record.renditions.flatMap(({ name, container = 'mpegts' }) => {
    const forms = renditions.filter((each) => each.name === name);
    if (forms.length === 0) return [name];
    return forms.some((each) => each.container === container) ? [] : [`${name} (${CONTAINER_NAMES[container]})`];
  });
  return [...new Set(lost)];
}

/** Whether another run has published since `present` was read. To be asked under the lock. */
export async function wasOvertaken(storage: Storage, present: RecordState): Promise<boolean> {
  return versionOf(await readRecord(storage)) !== versionOf(present);
}

function versionOf(state: RecordState): string {
  return state.kind === 'ours' ? `${state.record.finishedAt} ${state.record.planKey}` : state.kind;
}
