import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { EncodeJob } from '../../model/encode-job.js';
import type { SegmentEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import { audioOf, videoOf, type Rendition } from '../../model/rendition.js';
import type { EncodeSite } from '../../stages/encode/encode-site.js';
import { encode } from '../../stages/encode/encode.js';
import type { RunContext } from '../../tools/run-context.js';
import type { Journal } from '../work/journal.js';
import { audioToRedo } from './audio-end.js';
import { createAudioGate } from './audio-gate.js';
import { deliver, deliverStaged, pass } from './deliver-segments.js';
import type { EncodeOutput, Encoding } from './encoding.js';
import {
  lastSegment,
  readTotals,
  titleLength,
  videoLength,
  videoMade,
  type MadeTotals,
  type VideoExtent,
} from './made-renditions.js';

export interface Encoded extends MadeTotals {
  /** Exact length of the title, seconds. */
  readonly length: Rational;
}

/**
 * Encodes what is missing of a title and records it in the journal as it closes; then makes the end of each audio track
 * again where headers had promised another length than the pictures have. Throws what encode throws.
 */
export async function encodeMissing(
  job: EncodeJob,
  site: EncodeSite,
  output: EncodeOutput,
  run: RunContext,
): Promise<Encoded> {
  const { plan } = job;
  const { journal } = output;
  const encoding = { plan, site, output, gate: createAudioGate(await videoMade(job, journal)) };
  await deliverStaged(encoding);
  await encodeJob(encoding, job, run);
  const [first] = videoOf(plan);
  if (first) await endWithPicture(encoding, await videoLength(plan, journal, first.id), run);
  for (const segment of encoding.gate.rest()) await deliver(encoding, segment);
  const length = await titleLength(plan, journal);
  return { length, ...(await readTotals(plan, journal)) };
}

async function encodeJob(encoding: Encoding, job: EncodeJob, run: RunContext): Promise<void> {
  if (job.missing.spans.length === 0) return;
  const { plan, site } = encoding;
  const { journal, delivery, damage } = encoding.output;
  for await (const item of encode(job, site, run)) {
    switch (item.kind) {
      case 'damage':
        damage.add(item.text);
        break;
      case 'init': {
        const { rendition, file, bytes } = item.init;
        await delivery.take(`${rendition}/${file}`, join(site.folder, rendition, file), bytes, 'init');
        break;
      }
      case 'segment':
        await damage.save();
        await journal.append(item.chunk, item.segment);
        await pass(encoding, item.segment);
        run.emit(segmentEvent(plan, item.segment));
        break;
      case 'chunk': {
        const { first, segments, ended, codecs, read } = item;
        await journal.endChunk(item.rendition.id, { first, segments, ended, codecs, read });
      }
    }
  }
  await damage.save();
}

/** The event that a segment is made. */
export function segmentEvent(plan: Pick<EncodePlan, 'renditions'>, segment: Segment): SegmentEvent {
  const { rendition, index, bytes } = segment;
  const path = `${rendition}/${segment.file}`;
  return {
    type: 'segment',
    rendition,
    index,
    path,
    bytes,
    start: segment.start / (plan.renditions.find(({ id }) => id === rendition)?.timescale ?? 1),
    duration: toNumber(segment.duration),
  };
}

async function endWithPicture(encoding: Encoding, video: VideoExtent, run: RunContext): Promise<void> {
  const { plan, output, gate } = encoding;
  const { journal } = output;
  const spans: Span[] = [];
  const redo = new Map<string, number>();
  const doneSeconds: Record<string, number> = {};
  for (const rendition of audioOf(plan)) {
    const last = await lastSegment(journal, rendition.id);
    const first = last ? audioToRedo(plan, rendition, { segments: last.index + 1, last }, video) : 0;
    if (first === null) continue;
    await journal.truncate(rendition.id, first, segmentsPerChunk(plan, rendition));
    redo.set(rendition.id, first);
    doneSeconds[rendition.id] = first * toNumber(plan.grid.segmentSeconds);
    spans.push({ rendition, first, end: null, carry: await carryAt(plan, journal, rendition, first) });
  }
  for (const segment of gate.rest()) {
    if (segment.index < (redo.get(segment.rendition) ?? Infinity)) await deliver(encoding, segment);
  }
  await encodeJob(encoding, { plan, missing: { spans, doneSeconds }, audioEnd: video.length }, run);
}

/** What segment `first` goes on with, of what stays in the journal before it. */
async function carryAt(plan: EncodePlan, journal: Journal, rendition: Rendition, first: number): Promise<number> {
  if (chunkStart(first, segmentsPerChunk(plan, rendition)) === first) return 0;
  return (await lastSegment(journal, rendition.id))?.carry ?? 0;
}
