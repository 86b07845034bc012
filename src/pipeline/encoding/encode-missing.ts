import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import type { SegmentEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { compare, multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import { audioOf, videoOf } from '../../model/rendition.js';
import { encode, type RenditionSpan } from '../../stages/encode/encode.js';
import { featuresOf } from '../../tools/ffmpeg/command.js';
import type { Delivery } from '../delivery/delivery.js';
import type { PlannedTitle, TitleRequest } from '../plan-title.js';
import type { RunContext } from '../run-context.js';
import type { Journal } from '../work/journal.js';
import { audioEndAt, audioToRedo, plannedAudioEnd } from './audio-end.js';
import type { DamageTally } from './damage.js';
import { type Missing } from './missing.js';

export interface EncodeMissingRequest extends TitleRequest, PlannedTitle, RunContext {
  readonly journal: Journal;
  readonly damage: DamageTally;
  readonly missing: Missing;
  readonly delivery: Delivery;
  /** Staging folder. */
  readonly folder: string;
}

export interface Encoded {
  /** Exact length of the title, seconds. */
  readonly length: Rational;
  /** Rendition id → RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
}

/**
 * Encodes what is missing and records it in the journal as it closes; then makes the end of each audio track
 * again where headers had promised another length than the pictures have. Throws what encode throws.
 */
export async function encodeMissing(request: EncodeMissingRequest): Promise<Encoded> {
  const { plan, journal, missing } = request;
  await deliverStaged(request);
  await encodeSpans(request, missing.spans, plannedEnd(plan));
  const [first] = videoOf(plan);
  if (first) await endWithPicture(request, await videoLength(plan, journal, first.id));
  return { length: await titleLength(request), codecs: await readCodecs(request) };
}

async function encodeSpans(
  request: EncodeMissingRequest,
  spans: readonly RenditionSpan[],
  audioEndSamples: number | null,
): Promise<void> {
  if (spans.length === 0) return;
  const { plan, schedule, journal, damage, work, emit } = request;
  const items = encode({
    plan,
    schedule,
    address: request.source.address,
    spans,
    audioEndSamples,
    folder: request.folder,
    ffmpeg: request.tools.ffmpeg,
    features: featuresOf(request.capabilities),
    stallSeconds: work.stallTimeout,
    signal: request.signal,
    emit,
  });
  const before = new Map<string, number>();
  for (const { rendition } of spans) before.set(rendition.id, await framesOf(journal, rendition.id));
  for await (const item of items) {
    if (item.kind === 'damage') {
      damage.add(item.text);
    } else if (item.kind === 'segment') {
      await damage.save();
      await journal.append(item.segment);
      await deliver(request, item.segment);
      emit(segmentEvent(plan, item.segment));
    } else {
      const { segments, frames, codecs } = item;
      await journal.end(item.rendition.id, { segments, frames: frames + (before.get(item.rendition.id) ?? 0), codecs });
    }
  }
  await damage.save();
}

/** What an earlier run has made and not brought to its place. */
async function deliverStaged(request: EncodeMissingRequest): Promise<void> {
  for (const { id } of request.plan.renditions) {
    for await (const segment of request.journal.segments(id)) {
      if (existsSync(join(request.folder, id, segment.file))) await deliver(request, segment);
    }
  }
}

async function deliver({ delivery, folder }: EncodeMissingRequest, segment: Segment): Promise<void> {
  const { rendition, file, bytes } = segment;
  await delivery.take(`${rendition}/${file}`, join(folder, rendition, file), bytes);
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

async function endWithPicture(request: EncodeMissingRequest, video: VideoExtent): Promise<void> {
  const { plan, journal } = request;
  const spans: RenditionSpan[] = [];
  for (const rendition of audioOf(plan)) {
    const last = await lastSegment(journal, rendition.id);
    const first = last ? audioToRedo(plan, rendition, { segments: last.index + 1, last }, video) : 0;
    if (first === null) continue;
    // What is made again must not be under way.
    await request.delivery.settle();
    await journal.truncate(rendition.id, first);
    spans.push({ rendition, first });
  }
  const [audio] = audioOf(plan);
  if (audio) await encodeSpans(request, spans, audioEndAt(video.length, audio));
}

/** Where audio is to end before the pictures are all made. */
function plannedEnd(plan: EncodePlan): number | null {
  const [audio] = audioOf(plan);
  return audio ? plannedAudioEnd(plan, audio) : null;
}

interface VideoExtent {
  readonly segments: number;
  readonly length: Rational;
}

async function videoLength({ grid }: EncodePlan, journal: Journal, id: string): Promise<VideoExtent> {
  let frames = 0;
  let segments = 0;
  for await (const segment of journal.segments(id)) {
    frames += segment.frames;
    segments += 1;
  }
  const { num, den } = grid.frameRate ?? rational(25);
  return { segments, length: multiply(rational(frames), rational(den, num)) };
}

async function framesOf(journal: Journal, id: string): Promise<number> {
  let frames = 0;
  for await (const segment of journal.segments(id)) frames += segment.frames;
  return frames;
}

async function lastSegment(journal: Journal, id: string): Promise<Segment | null> {
  let last: Segment | null = null;
  for await (const segment of journal.segments(id)) last = segment;
  return last;
}

/** Of the pictures, or of the longest sound. */
async function titleLength({ plan, journal }: EncodeMissingRequest): Promise<Rational> {
  const [first] = videoOf(plan);
  if (first) return (await videoLength(plan, journal, first.id)).length;
  let longest = rational(0);
  for (const audio of audioOf(plan)) {
    const length = rational((await framesOf(journal, audio.id)) * audio.samplesPerFrame, audio.sampleRate);
    if (compare(length, longest) > 0) longest = length;
  }
  return longest;
}

async function readCodecs({ plan, journal }: EncodeMissingRequest): Promise<ReadonlyMap<string, string>> {
  const codecs = new Map<string, string>();
  for (const { id } of plan.renditions) {
    const point = await journal.resumePoint(id);
    if (point.codecs !== null) codecs.set(id, point.codecs);
  }
  return codecs;
}
