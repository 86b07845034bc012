import { segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { Missing } from '../../model/encode-job.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import { containerOf } from '../../tools/containers/containers.js';
import type { Progress } from '../work/journal-progress.js';
import type { Journal } from '../work/journal.js';

/** Reads the journal: per rendition the chunks that are not made. */
export async function findMissing(plan: EncodePlan, journal: Journal): Promise<Missing> {
  const doneSeconds: Record<string, number> = {};
  const spans: Span[] = [];
  for (const rendition of plan.renditions) {
    const progress = await progressOf(plan, rendition, journal);
    spans.push(...missingOf(rendition, progress));
    doneSeconds[rendition.id] = progress.seconds;
  }
  if (plan.input.seekable) return { spans, doneSeconds };

  // One decoder goes through such a source for all rungs: they go on together, where the one furthest behind must.
  const open = spans.filter(({ rendition }) => rendition.kind === 'video');
  const first = Math.min(...open.map((span) => span.first));
  const rungs = new Map(open.map(({ rendition }) => [rendition.id, rendition]));
  for (const [id, rung] of rungs) {
    await journal.truncate(id, first, segmentsPerChunk(plan, rung));
    const kept = first * toNumber(plan.grid.segmentSeconds);
    doneSeconds[id] = Math.min(kept, doneSeconds[id] ?? 0);
  }
  const together = [...rungs.values()].map((rendition) => ({ rendition, first, end: null }));
  return { spans: [...together, ...spans.filter(({ rendition }) => rendition.kind === 'audio')], doneSeconds };
}

const NOTHING: Progress = { chunks: [], ended: false, seconds: 0 };

/** Segments whose initialization segment is lost are of no use. */
async function progressOf(plan: EncodePlan, rendition: Rendition, journal: Journal): Promise<Progress> {
  const length = segmentsPerChunk(plan, rendition);
  const progress = await journal.progress(rendition.id, length);
  const { init } = containerOf(rendition);
  if (init === null || progress.chunks.length === 0 || (await journal.hasFile(rendition.id, init))) return progress;
  await journal.truncate(rendition.id, 0, length);
  return NOTHING;
}

/** Seconds from which every rendition goes on in the working folder, as far as that is known; forgets nothing. */
export async function secondsKept(plan: EncodePlan, journal: Pick<Journal, 'look'>): Promise<number> {
  const all = plan.renditions.map((rendition) => journal.look(rendition.id, segmentsPerChunk(plan, rendition)));
  return Math.min(...(await Promise.all(all)));
}

function missingOf(rendition: Rendition, { chunks, ended }: Progress): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (const { first, end } of chunks) {
    if (first > next) spans.push({ rendition, first: next, end: first });
    next = end;
  }
  return ended ? spans : [...spans, { rendition, first: next, end: null }];
}
