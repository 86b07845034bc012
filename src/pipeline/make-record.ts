import type { Artifact, RenditionMeasure, TitleRecord } from '../model/artifact.js';
import type { Warning } from '../model/media.js';
import type { EncodePlan } from '../model/plan.js';
import { damageAmong } from './damage.js';
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
    warnings,
  };
}
