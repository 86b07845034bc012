import type { EncodePlan } from '../../model/plan.js';
import { versionOf } from './version.js';

/**
 * The same plan under other names: sets this making of a title apart from others of the same source and options. Takes
 * a plan as `plan` gave it, and decides nothing anew. Null: its own names.
 */
export function withEdition(plan: EncodePlan, edition: string | null): EncodePlan {
  if (edition === null) return plan;
  const renditions = plan.renditions.map((rendition) => {
    const version = versionOf({ version: rendition.version, edition });
    return { ...rendition, id: `${rendition.name}-${version}`, version };
  });
  return { ...plan, renditions };
}
