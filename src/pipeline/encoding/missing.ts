import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import { audioOf, videoOf, type Rendition } from '../../model/rendition.js';
import type { Schedule } from '../../model/schedule.js';
import type { RenditionSpan } from '../../stages/encode/encode.js';
import type { Journal } from '../work/journal.js';

/** What of a title is still to be encoded. */
export interface Missing {
  /** Renditions with something to do, from where. */
  readonly spans: readonly RenditionSpan[];
  /** Per rendition id: what earlier runs finished, seconds. */
  readonly doneSeconds: ReadonlyMap<string, number>;
}

/**
 * Reads the journal: per rendition the first segment to encode. The last recorded segment of an unfinished
 * rendition is made again, because it may have been the title's last. Rungs that share a decoder go on together,
 * from where the one that is furthest behind must.
 */
export async function findMissing(plan: EncodePlan, schedule: Schedule, journal: Journal): Promise<Missing> {
  const doneSeconds = new Map<string, number>();
  const spans: RenditionSpan[] = [];
  for (const renditions of sideBySide(plan, schedule)) {
    const open: RenditionSpan[] = [];
    for (const rendition of renditions) {
      const point = await journal.resumePoint(rendition.id);
      doneSeconds.set(rendition.id, point.seconds);
      if (!point.ended) open.push({ rendition, first: Math.max(0, point.next - 1) });
    }
    const first = Math.min(...open.map((span) => span.first));
    spans.push(...open.map(({ rendition }) => ({ rendition, first })));
  }
  for (const { rendition, first } of spans) {
    await journal.truncate(rendition.id, first);
    const kept = first * toNumber(plan.grid.segmentSeconds);
    doneSeconds.set(rendition.id, Math.min(kept, doneSeconds.get(rendition.id) ?? 0));
  }
  return { spans, doneSeconds };
}

/** Renditions that begin with the same segment, because one process decodes for all of them. */
export function sideBySide(plan: EncodePlan, { mode, passes }: Schedule): readonly (readonly Rendition[])[] {
  const rungs = videoOf(plan);
  const together =
    mode === 'per-rung' ? rungs.map((rung) => [rung]) : passes.map((ids) => rungs.filter(({ id }) => ids.includes(id)));
  return [...together, ...audioOf(plan).map((rendition) => [rendition])];
}
