import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MediactlError } from '../../errors.js';
import { asWriteError } from '../../errors/disk.js';
import { chunkStart, endsChunk, segmentsPerChunk, type Span } from '../../model/chunk.js';
import type { Missing } from '../../model/encode-job.js';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import { printable } from '../../model/text.js';
import { createInits, type InitFile, type Inits } from '../../stages/encode/inits.js';
import { measureSegment, type MeasuredSegment } from '../../stages/encode/measure.js';
import { createSpeedometer, type Speedometer } from '../../stages/encode/speed.js';
import { forEachBounded } from '../../storage/bounded.js';
import { segmentEvent } from '../encoding/encode-missing.js';
import type { WorkFolder } from '../title-maker.js';
import type { FinishedSegment, FinishedSource } from './finished-source.js';
import { originalOf } from './package-plan.js';
import { writeSegment } from './write-segment.js';

/** Renditions that are worked on side by side: while one waits for the disk, another is written. */
const AT_ONCE = 3;

/**
 * Brings what is missing of a title from finished renditions into the working folder, and on to its place. Throws what was
 * wrong with them (input-…), with its place.
 */
export async function copyMissing(
  source: FinishedSource,
  plan: EncodePlan,
  missing: Missing,
  folder: WorkFolder,
): Promise<void> {
  const inits: InitFile[] = [];
  const copy: Copy = {
    source,
    plan,
    folder,
    inits: createInits(folder.path, (init) => inits.push(init)),
    newInits: () => inits.splice(0),
    speedometer: createSpeedometer(plan, missing.doneSeconds, folder.run.emit),
  };
  for (const { id } of plan.renditions) await mkdir(join(folder.path, id), { recursive: true });
  await forEachBounded(missing.spans, AT_ONCE, (span) => copySpan(copy, span));
}

interface Copy {
  readonly source: FinishedSource;
  readonly plan: EncodePlan;
  readonly folder: WorkFolder;
  readonly inits: Inits;
  readonly newInits: () => InitFile[];
  readonly speedometer: Speedometer;
}

async function copySpan(copy: Copy, { rendition, first, end }: Span): Promise<void> {
  const { source, plan, folder, speedometer } = copy;
  const { journal, run } = folder;
  const { id } = rendition;
  const original = originalOf(source, rendition);
  const length = segmentsPerChunk(plan, rendition);
  const isCopied = original.container === rendition.container && source.isClosed(original);
  let codecs = isCopied ? source.codecsOf(original) : null;
  let carry = 0;
  let frames = 0;
  for await (const finished of source.segments(original, first)) {
    run.signal.throwIfAborted();
    const { index, isLast } = finished;
    if (end !== null && index >= end) return;
    const chunk = chunkStart(index, length);
    if (chunk === index) [carry, frames] = [0, 0];
    const made = isCopied ? copied(finished, id) : written(copy, finished, { rendition, carry });
    if (made.init) await keepInit(copy, rendition, made.init);
    const { segment } = made;
    await put(join(folder.path, id, segment.file), made.bytes);
    await journal.append(chunk, segment);
    carry = segment.carry ?? 0;
    frames += segment.frames;
    codecs ??= made.codecs;
    await folder.delivery.take(`${id}/${segment.file}`, join(folder.path, id, segment.file), segment.bytes, 'segment');
    run.emit(segmentEvent(plan, segment));
    const seconds = (index + 1 - chunk) * toNumber(plan.grid.segmentSeconds);
    speedometer.report(rendition, chunk, { seconds, frames });
    if (!isLast && !endsChunk(index, length)) continue;
    speedometer.finished(rendition, chunk, { seconds, frames });
    await journal.endChunk(id, { first: chunk, segments: index + 1, ended: isLast, codecs });
  }
}

interface MadeSegment extends Pick<MeasuredSegment, 'segment' | 'codecs'> {
  readonly bytes: Buffer;
  readonly init: Buffer | null;
}

function copied({ closed, index }: FinishedSegment, id: string): MadeSegment {
  if (!closed) throw new RangeError(`segment ${index} is in no form`);
  const { segment, bytes, init } = closed;
  return { segment: { ...segment, rendition: id }, codecs: null, bytes, init };
}

/** Throws MediactlError input-unsupported where the segment is not as the grid has it. */
function written(
  { source, plan }: Copy,
  finished: FinishedSegment,
  { rendition, carry }: Pick<Span, 'rendition'> & { readonly carry: number },
): MadeSegment {
  const { index, isLast } = finished;
  try {
    const coded = finished.coded();
    if (coded.kind !== rendition.kind) throw new RangeError(`it carries ${coded.kind}`);
    const closed = writeSegment(coded, plan, rendition, { index, carry });
    const { segment, codecs, full } = measureSegment(plan, rendition, closed);
    if (!full && !isLast) throw new RangeError('it ends before its boundary, and others follow');
    return { segment, codecs, bytes: closed.bytes, init: closed.init };
  } catch (error) {
    throw doesNotFit(source.name, rendition.name, index, error);
  }
}

async function keepInit({ inits, newInits, folder }: Copy, rendition: Span['rendition'], bytes: Buffer): Promise<void> {
  await inits.keep(rendition, bytes).catch((error: unknown) => {
    if (!(error instanceof MediactlError) || error.code !== 'grid-broken') throw error;
    throw new MediactlError('input-unsupported', `${rendition.name} does not fit into one rendition`, {
      reason: 'its parameters (size, profile, sample rate) change in the middle of the title',
      hint: 'encode the title again',
    });
  });
  for (const { rendition: id, file, bytes: size } of newInits()) {
    await folder.delivery.take(`${id}/${file}`, join(folder.path, id, file), size, 'init');
  }
}

async function put(path: string, bytes: Buffer): Promise<void> {
  await writeFile(path, bytes).catch((error: unknown) => {
    throw asWriteError(error, path);
  });
}

const NOT_SOUND: ReadonlySet<string> = new Set(['encode-failed', 'grid-broken']);

function doesNotFit(source: string, name: string, index: number, error: unknown): unknown {
  const reason = reasonOf(error);
  if (reason === null) return error;
  return new MediactlError('input-unsupported', `segment ${index} of ${name} in ${printable(source)} does not fit`, {
    reason,
    hint: 'encode the title again',
    cause: error,
  });
}

/** Null: it is another kind of failure. */
function reasonOf(error: unknown): string | null {
  if (error instanceof MediactlError) return NOT_SOUND.has(error.code) ? (error.reason ?? error.message) : null;
  return error instanceof RangeError ? error.message : null;
}
