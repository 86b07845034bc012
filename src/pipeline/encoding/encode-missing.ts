import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { SegmentEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber, type Rational } from '../../model/rational.js';
import { audioOf, videoOf, type Rendition } from '../../model/rendition.js';
import { encode } from '../../stages/encode/encode.js';
import { featuresOf } from '../../tools/ffmpeg/command.js';
import type { Journal } from '../work/journal.js';
import { audioToRedo, plannedAudioEnd } from './audio-end.js';
import { createAudioGate } from './audio-gate.js';
import { deliver, deliverStaged, pass } from './deliver-segments.js';
import type { EncodableTitle, EncodeContext, EncodeWork, Encoding } from './encoding.js';
import {
  lastSegment,
  readTotals,
  titleLength,
  videoLength,
  videoMade,
  type MadeTotals,
  type VideoExtent,
} from './made-renditions.js';
import type { Missing } from './missing.js';

export interface Encoded extends MadeTotals {
  /** Exact length of the title, seconds. */
  readonly length: Rational;
}

/**
 * Encodes what is missing and records it in the journal as it closes; then makes the end of each audio track
 * again where headers had promised another length than the pictures have. Throws what encode throws.
 */
export async function encodeMissing(
  title: EncodableTitle,
  missing: Missing,
  work: EncodeWork,
  run: EncodeContext,
): Promise<Encoded> {
  const { plan } = title;
  const encoding = { title, work, run, gate: createAudioGate(await videoMade(plan, missing, work.journal)) };
  await deliverStaged(encoding);
  await encodeSpans(encoding, missing, plannedAudioEnd(plan));
  const [first] = videoOf(plan);
  if (first) await endWithPicture(encoding, await videoLength(plan, work.journal, first.id));
  for (const segment of encoding.gate.rest()) await deliver(work, segment);
  const length = await titleLength(plan, work.journal);
  return { length, ...(await readTotals(plan, work.journal)) };
}

async function encodeSpans(encoding: Encoding, missing: Missing, audioEnd: Rational | null): Promise<void> {
  const { spans, doneSeconds } = missing;
  if (spans.length === 0) return;
  const { title, work, run } = encoding;
  const { plan, schedule, capabilities } = title;
  const { journal, damage } = work;
  const items = encode({
    plan,
    schedule,
    address: work.address,
    spans,
    doneSeconds,
    audioEnd,
    folder: work.path,
    ffmpeg: run.tools.ffmpeg,
    features: featuresOf(capabilities),
    stallSeconds: work.stallSeconds,
    signal: run.signal,
    emit: run.emit,
  });
  for await (const item of items) {
    switch (item.kind) {
      case 'damage':
        damage.add(item.text);
        break;
      case 'init': {
        const { rendition, file, bytes } = item.init;
        await work.delivery.take(`${rendition}/${file}`, join(work.path, rendition, file), bytes, 'init');
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

function segmentEvent(plan: EncodePlan, segment: Segment): SegmentEvent {
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

async function endWithPicture(encoding: Encoding, video: VideoExtent): Promise<void> {
  const { title, work, gate } = encoding;
  const { plan } = title;
  const { journal } = work;
  const spans: Span[] = [];
  const redo = new Map<string, number>();
  const doneSeconds = new Map<string, number>();
  for (const rendition of audioOf(plan)) {
    const last = await lastSegment(journal, rendition.id);
    const first = last ? audioToRedo(plan, rendition, { segments: last.index + 1, last }, video) : 0;
    if (first === null) continue;
    await journal.truncate(rendition.id, first, segmentsPerChunk(plan, rendition));
    redo.set(rendition.id, first);
    doneSeconds.set(rendition.id, first * toNumber(plan.grid.segmentSeconds));
    spans.push({ rendition, first, end: null, carry: await carryAt(plan, journal, rendition, first) });
  }
  for (const segment of gate.rest()) {
    if (segment.index < (redo.get(segment.rendition) ?? Infinity)) await deliver(work, segment);
  }
  await encodeSpans(encoding, { spans, doneSeconds }, video.length);
}

/** What segment `first` goes on with, of what stays in the journal before it. */
async function carryAt(plan: EncodePlan, journal: Journal, rendition: Rendition, first: number): Promise<number> {
  if (chunkStart(first, segmentsPerChunk(plan, rendition)) === first) return 0;
  return (await lastSegment(journal, rendition.id))?.carry ?? 0;
}
