import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Segment } from '../../model/artifact.js';
import { chunkStart, segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { SegmentEvent } from '../../model/events.js';
import type { EncodePlan } from '../../model/plan.js';
import { compare, multiply, rational, toNumber, type Rational } from '../../model/rational.js';
import { audioOf, videoOf, type Rendition } from '../../model/rendition.js';
import type { InputAddress } from '../../model/source.js';
import { encode } from '../../stages/encode/encode.js';
import { featuresOf } from '../../tools/ffmpeg/command.js';
import type { Delivery } from '../delivery/delivery.js';
import type { PlannedTitle } from '../plan-title.js';
import type { RunContext } from '../run-context.js';
import { initArtifacts } from '../work/init-artifacts.js';
import type { Journal } from '../work/journal.js';
import type { MadeRendition } from './account.js';
import { audioToRedo, plannedAudioEnd } from './audio-end.js';
import type { AudioGate } from './audio-gate.js';
import { createAudioGate } from './audio-gate.js';
import type { DamageTally } from './damage.js';
import type { Missing } from './missing.js';

/** Where a title is made: what is known of it there, and how its segments leave. */
export interface EncodeWork {
  /** The working folder. */
  readonly path: string;
  readonly journal: Journal;
  readonly delivery: Delivery;
  readonly damage: DamageTally;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly stallSeconds: number;
}

/** What encoding has to know of a title, and of the run that it is part of. */
export type EncodableTitle = Pick<PlannedTitle, 'plan' | 'schedule' | 'capabilities'>;
export type EncodeContext = Pick<RunContext, 'tools' | 'signal' | 'emit'>;

/** One title that is being encoded. */
interface Encoding {
  readonly title: EncodableTitle;
  readonly work: EncodeWork;
  readonly run: EncodeContext;
  readonly gate: AudioGate;
}

export interface Encoded {
  /** Exact length of the title, seconds. */
  readonly length: Rational;
  /** Rendition id → RFC 6381. */
  readonly codecs: ReadonlyMap<string, string>;
  /** By rendition id. */
  readonly made: ReadonlyMap<string, MadeRendition>;
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

/** Per rung id: segments from the title's start that earlier runs have made. */
async function videoMade(plan: EncodePlan, { spans }: Missing, journal: Journal): Promise<ReadonlyMap<string, number>> {
  const made = new Map<string, number>();
  for (const { id } of videoOf(plan)) {
    const missing = spans.flatMap(({ rendition, first }) => (rendition.id === id ? [first] : []));
    const last = missing.length === 0 ? await lastSegment(journal, id) : null;
    made.set(id, last ? last.index + 1 : Math.min(...missing));
  }
  return made;
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

/** Brings a segment to its place, audio when it is certain to stay. */
async function pass({ title, work, gate }: Encoding, segment: Segment): Promise<void> {
  const rendition = title.plan.renditions.find(({ id }) => id === segment.rendition);
  switch (rendition?.kind) {
    case 'audio':
      gate.audio(segment);
      break;
    case 'video':
      gate.video(segment);
      await deliver(work, segment);
      break;
    case undefined:
  }
  for (const certain of gate.certain()) await deliver(work, certain);
}

/** What an earlier run has made and not brought to its place. */
async function deliverStaged(encoding: Encoding): Promise<void> {
  const { title, work, gate } = encoding;
  for (const { path, file, bytes } of await initArtifacts(title.plan, work.path)) {
    await work.delivery.take(path, file, bytes, 'init');
  }
  for (const { id, kind } of title.plan.renditions) {
    for await (const segment of work.journal.segments(id)) {
      if (existsSync(join(work.path, id, segment.file))) await pass(encoding, segment);
      else if (kind === 'video') gate.video(segment);
    }
  }
}

async function deliver({ delivery, path }: EncodeWork, segment: Segment): Promise<void> {
  const { rendition, file, bytes } = segment;
  await delivery.take(`${rendition}/${file}`, join(path, rendition, file), bytes, 'segment');
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

async function firstSegment(journal: Journal, id: string): Promise<Segment | null> {
  for await (const segment of journal.segments(id)) return segment;
  return null;
}

async function lastSegment(journal: Journal, id: string): Promise<Segment | null> {
  let last: Segment | null = null;
  for await (const segment of journal.segments(id)) last = segment;
  return last;
}

/** Of the pictures, or of the longest sound. */
async function titleLength(plan: EncodePlan, journal: Journal): Promise<Rational> {
  const [first] = videoOf(plan);
  if (first) return (await videoLength(plan, journal, first.id)).length;
  let longest = rational(0);
  for (const audio of audioOf(plan)) {
    const length = rational((await framesOf(journal, audio.id)) * audio.samplesPerFrame, audio.sampleRate);
    if (compare(length, longest) > 0) longest = length;
  }
  return longest;
}

async function readTotals(plan: EncodePlan, journal: Journal): Promise<Pick<Encoded, 'codecs' | 'made'>> {
  const made = new Map<string, MadeRendition>();
  const codecs = new Map<string, string>();
  for (const { id } of plan.renditions) {
    const totals = await journal.totals(id);
    if (totals.codecs !== null) codecs.set(id, totals.codecs);
    const start = (await firstSegment(journal, id))?.start ?? 0;
    made.set(id, { frames: totals.frames, start, read: totals.read ?? null });
  }
  return { codecs, made };
}
