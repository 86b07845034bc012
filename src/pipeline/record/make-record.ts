import { MediactlError } from '../../errors.js';
import type {
  Artifact,
  FilesAndJournals,
  KeptVersion,
  RecordedFile,
  RecordedRendition,
  RenditionMeasure,
  TitleOrigin,
  TitleRecord,
} from '../../model/artifact.js';
import { isEmpty, namesIn, presentFiles, withoutNamed } from '../../model/files-and-journals.js';
import type { Warning } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import { ENTRY_NAMES, MASTER_NAME, RECORD_NAME } from '../../model/title-files.js';
import type { TrackAccount } from '../../model/track-account.js';
import { PUBLISHED_JOURNAL } from '../work/journal.js';
import { damageAmong } from './lost-media.js';
import { publicPlan, publicSource } from './public-source.js';
import { planKey } from './record.js';

/** What mediactl.json says of a title that is ready to be published. */
export function makeRecord(made: {
  readonly version: string;
  readonly ffmpeg: string;
  readonly edition: string | null;
  readonly plan: EncodePlan;
  readonly packagedFrom: TitleOrigin | null;
  readonly renditions: readonly RenditionMeasure[];
  /** All but the segments. */
  readonly artifacts: readonly Artifact[];
  readonly account: readonly TrackAccount[];
  readonly warnings: readonly Warning[];
  /** What is there now, and how many versions before the new one stay. */
  readonly previous: TitleRecord | null;
  readonly keepVersions: number;
}): TitleRecord {
  const { plan, artifacts, warnings } = made;
  checkWhole(artifacts);
  const source = publicSource(plan.source);
  const renditions = made.renditions.map((measure) => withJournal(measure, artifacts));
  const journals = new Set(renditions.map(({ journal }) => journal?.path));
  const files = artifacts.filter(({ path }) => !journals.has(path)).map(recordedFile);
  return {
    schema: 'mediactl.title/2',
    tool: { mediactl: made.version, ffmpeg: made.ffmpeg },
    finishedAt: new Date().toISOString(),
    source,
    status: damageAmong(warnings).length > 0 ? 'damaged' : 'complete',
    edition: made.edition,
    planKey: planKey(plan),
    plan: publicPlan(plan, source),
    packagedFrom: made.packagedFrom ?? undefined,
    renditions,
    files,
    ...keptVersions({ files, journals: renditions.flatMap(({ journal }) => journal ?? []) }, made),
    account: made.account,
    leftOut: plan.tracksLeftOut,
    warnings,
  };
}

/** Files of these names are replaced by those of the new version. */
const NAMES_OF_ALL: ReadonlySet<string> = new Set([...ENTRY_NAMES, RECORD_NAME]);

/** The newest versions before this one, without what this one has as well. */
export function keptVersions(
  present: FilesAndJournals,
  { previous, keepVersions }: { readonly previous: TitleRecord | null; readonly keepVersions: number },
): Pick<TitleRecord, 'kept'> {
  const versions = previous
    ? [{ finishedAt: previous.finishedAt, ...presentFiles(previous) }, ...(previous.kept ?? [])]
    : [];
  const kept: KeptVersion[] = [];
  for (const { finishedAt, ...version } of versions) {
    const stays = namesIn([present, ...kept]);
    const isNamed = (path: string): boolean => NAMES_OF_ALL.has(path) || stays(path);
    const rest = withoutNamed([version], isNamed);
    if (!isEmpty(rest) && kept.length < keepVersions) kept.push({ finishedAt, ...rest });
  }
  return kept.length === 0 ? {} : { kept };
}

/** Throws MediactlError when the title would have no master playlist or a file twice. */
export function checkWhole(artifacts: readonly Artifact[]): void {
  const paths = new Set(artifacts.map((artifact) => artifact.path));
  if (paths.size === artifacts.length && paths.has(MASTER_NAME)) return;
  throw new MediactlError('internal', 'the title has a file twice, or no master playlist');
}

/** A file's entry in a record. */
export function recordedFile({ path, bytes, crc32c, class: kind }: Artifact): RecordedFile {
  return { path, bytes, class: kind, ...(crc32c === undefined ? {} : { crc32c }) };
}

function withJournal(measure: RenditionMeasure, artifacts: readonly Artifact[]): RecordedRendition {
  const found = artifacts.find(({ path }) => path === `${measure.id}/${PUBLISHED_JOURNAL}`);
  if (!found) throw new MediactlError('internal', `${measure.id} has no journal`);
  const { path, bytes, crc32c } = found;
  const journal = { path, bytes, segments: measure.segments, ...(crc32c === undefined ? {} : { crc32c }) };
  return { ...measure, journal };
}
