import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asWriteError } from '../../errors/disk.js';
import { endsChunk, segmentsPerChunk } from '../../model/chunk.js';
import type { EncodePlan } from '../../model/plan.js';
import type { Rendition } from '../../model/rendition.js';
import type { ClosedBytes, SegmentPlace } from '../../tools/containers/container.js';
import { containerOf } from '../../tools/containers/containers.js';

/** Encrypts a segment, and says so in its initialization segment. Each is a function of what comes in. */
export type ProtectSegment = (
  rendition: Rendition,
  index: number,
  clear: { readonly bytes: Buffer; readonly init: Buffer },
) => Promise<{ readonly bytes: Buffer; readonly init: Buffer }>;

/** A segment's file as it is published: what is to be measured of it. */
export interface ClosedFile extends ClosedBytes {
  readonly index: number;
  /** Base name. */
  readonly file: string;
  /** The last of a whole chunk. */
  readonly endsChunk: boolean;
  /** The title's tail is in it, see `Grid.tail`. */
  readonly hasTail: boolean;
}

/**
 * Does to a segment that FFmpeg has closed what the muxer leaves undone. `folder` has a folder for the rendition, and is
 * one that FFmpeg works in: the file is written where it is, and must be moved from there to count. `carry`: what the
 * segment before it in its chunk gave. Null: there is not one frame in it. What is to be encrypted (`protect` is not null) is so when
 * this resolves, in the place of the clear bytes. Throws what `Container.close` and `protect` throw, and `disk-full`.
 */
export async function closeSegment(
  plan: EncodePlan,
  rendition: Rendition,
  folder: string,
  file: string,
  carry: number,
  protect: ProtectSegment | null,
): Promise<ClosedFile | null> {
  const index = Number.parseInt(file, 10);
  const path = join(folder, rendition.id, file);
  const container = containerOf(rendition);
  const bytes = await readFile(path);
  if (container.isEmpty(bytes)) return null;
  const closed = container.close(bytes, placeOf(plan, rendition, index, carry));
  const isLast = endsChunk(index, segmentsPerChunk(plan, rendition));
  const { bytes: published, init } = await protectedBytes(rendition, index, closed, protect);
  await overwrite(path, published);
  return { index, file, endsChunk: isLast, hasTail: false, bytes: published, carry: closed.carry, init };
}

async function protectedBytes(
  rendition: Rendition,
  index: number,
  { bytes, init }: ClosedBytes,
  protect: ProtectSegment | null,
): Promise<Pick<ClosedBytes, 'bytes' | 'init'>> {
  if (protect === null) return { bytes, init };
  if (init === null) throw new RangeError(`segments of ${rendition.name} cannot be encrypted`);
  return protect(rendition, index, { bytes, init });
}

/** Whether FFmpeg has closed a file with not one frame in it. */
export async function isEmptyFile(rendition: Rendition, path: string): Promise<boolean> {
  return containerOf(rendition).isEmpty(await readFile(path));
}

/** Where segment `index` of a rendition stands. `carry`: what the segment before it in its chunk gave. */
export function placeOf(plan: EncodePlan, rendition: Rendition, index: number, carry: number): SegmentPlace {
  const isLast = endsChunk(index, segmentsPerChunk(plan, rendition));
  const shape = { fragments: fragmentsOf(plan, rendition), frameTicks: frameTicks(plan, rendition) };
  return { index, carry, endsChunk: isLast, ...shape };
}

function fragmentsOf({ grid: { framesPerSegment, framesPerGop } }: EncodePlan, rendition: Rendition): number {
  switch (rendition.kind) {
    case 'video':
      // What is copied has keyframes where its encoder put them, at most one a frame; and those of the tail.
      if (rendition.copy) return 2 * (framesPerSegment ?? 1);
      return Math.ceil((framesPerSegment ?? 1) / (framesPerGop ?? 1));
    case 'audio':
      return 1;
  }
}

function frameTicks({ grid }: EncodePlan, rendition: Rendition): number {
  switch (rendition.kind) {
    case 'video':
      return grid.frameRate === null ? 0 : (rendition.timescale * grid.frameRate.den) / grid.frameRate.num;
    case 'audio':
      return (rendition.samplesPerFrame * rendition.timescale) / rendition.sampleRate;
  }
}

/**
 * Makes one segment of a closed one and the tail that was closed after it. Both are in `folder`, see closeSegment; the tail's file goes.
 */
export async function joinTail(
  rendition: Rendition,
  folder: string,
  segment: Pick<ClosedFile, 'index' | 'file'>,
  tail: Pick<ClosedFile, 'file' | 'carry' | 'init'>,
): Promise<ClosedFile> {
  const { index, file } = segment;
  const [path, tailPath] = [join(folder, rendition.id, file), join(folder, rendition.id, tail.file)];
  const bytes = containerOf(rendition).join(await readFile(path), await readFile(tailPath));
  await overwrite(path, bytes);
  await rm(tailPath);
  const { carry, init } = tail;
  return { index, file, bytes, carry, init, endsChunk: false, hasTail: true };
}

/** In the space that the file has already, as far as that goes. */
async function overwrite(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.writeFile(bytes);
    await file.truncate(bytes.length);
  } catch (error) {
    throw asWriteError(error, path);
  } finally {
    await file.close();
  }
}
