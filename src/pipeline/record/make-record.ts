import type { Artifact, RenditionMeasure, TitleRecord } from '../../model/artifact.js';
import type { Warning } from '../../model/media.js';
import type { EncodePlan } from '../../model/plan.js';
import { MASTER_NAME, RECORD_NAME } from '../../model/title-files.js';
import { damageAmong } from './lost-media.js';
import { planKey, recordFiles } from './record.js';

/** What mediactl.json says of a title that is ready to be published. */
export function makeRecord(made: {
  readonly version: string;
  readonly ffmpeg: string;
  readonly edition: string | null;
  readonly plan: EncodePlan;
  readonly renditions: readonly RenditionMeasure[];
  readonly artifacts: readonly Artifact[];
  readonly warnings: readonly Warning[];
  /** What is there now, and how many versions before the new one stay. */
  readonly previous: TitleRecord | null;
  readonly keepVersions: number;
}): TitleRecord {
  const { plan, renditions, artifacts, warnings } = made;
  return {
    schema: 'mediactl.title/1',
    tool: { mediactl: made.version, ffmpeg: made.ffmpeg },
    finishedAt: new Date().toISOString(),
    source: plan.source,
    status: damageAmong(warnings).length > 0 ? 'damaged' : 'complete',
    edition: made.edition,
    planKey: planKey(plan),
    plan,
    renditions,
    files: recordFiles(artifacts),
    ...keptVersions(made),
    warnings,
  };
}

/** The newest versions before this one, without what this one has as well. */
export function keptVersions(made: {
  readonly artifacts: readonly { readonly path: string }[];
  readonly previous: TitleRecord | null;
  readonly keepVersions: number;
}): Pick<TitleRecord, 'kept'> {
  const { previous } = made;
  const seen = new Set([...made.artifacts.map(({ path }) => path), MASTER_NAME, RECORD_NAME]);
  const older = previous ? [{ finishedAt: previous.finishedAt, files: previous.files }, ...(previous.kept ?? [])] : [];
  const versions = older.map(({ finishedAt, files }) => ({
    finishedAt,
    files: files.filter(({ path }) => !seen.has(path) && seen.add(path)),
  }));
  const kept = versions.filter(({ files }) => files.length > 0).slice(0, made.keepVersions);
  return kept.length === 0 ? {} : { kept };
}
