import { join } from 'node:path';
import type { EncodePlan, PicturePlan } from '../../model/plan.js';
import { formatRational, toNumber } from '../../model/rational.js';
import type { VideoRendition } from '../../model/rendition.js';
import type { DecodeMode } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import { containerOf } from '../containers/containers.js';
import { videoEncoderOf } from '../encoders/encoders.js';
import { globalArgs, passthroughArgs, type FfmpegCommand, type FfmpegFeatures } from './command.js';
import { openSource, readingArgs } from './input.js';
import { KEEP_FILTERS } from './picture-size.js';
import { frameRange, pictureGraph, tagFilters } from './picture.js';

/** Video renditions to encode side by side: segments `first` up to `end`. */
export interface VideoWork {
  readonly plan: EncodePlan;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly picture: PicturePlan;
  /** Descending by size, at least one. */
  readonly rungs: readonly VideoRendition[];
  readonly first: number;
  /** Null: to the end of the title. */
  readonly end: number | null;
  /** Absolute; has a sub-folder for every rendition. */
  readonly folder: string;
  readonly features: FfmpegFeatures;
}

/** The processes that make `work`, in the way `mode` names. */
export function videoCommands(work: VideoWork, mode: DecodeMode): FfmpegCommand[] {
  switch (mode) {
    case 'shared':
      return [sharedDecode(work), ...work.rungs.map((rung) => encodeFromPipe(work, rung))];
    case 'single-process':
      return [encodeDirect(work, 'encode')];
    case 'per-rung':
      return work.rungs.map((rung) => encodeDirect({ ...work, rungs: [rung] }, `encode ${rung.name}`));
  }
}

/** The processes that make one chunk of `work` from the pipes that streamDecode writes to. */
export function streamEncoders(work: VideoWork): FfmpegCommand[] {
  return work.rungs.map((rung) => encodeFromPipe(work, rung));
}

/**
 * One decoder from `work.first` to the end of the source, for sources that cannot be sought: it writes each chunk of a
 * rung to a pipe of its own, and lists each pipe of the first rung when it is done with it.
 */
export function streamDecode(work: VideoWork): FfmpegCommand {
  const { args, graph } = openPictures({ ...work, end: null });
  const { segmentsPerChunk, segmentSeconds } = work.plan.grid;
  const chunkSeconds = segmentsPerChunk * toNumber(segmentSeconds);
  const halfFrame = 0.5 / toNumber(work.picture.frameRate);
  const counted = work.rungs.map((_, i) => `[v${i}]setpts=N[o${i}]`);
  return {
    label: 'decode',
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...args,
      ...['-filter_complex', [graph, ...counted].join(';')],
      ...work.rungs.flatMap((rung, i) => [
        ...['-map', `[o${i}]`, ...passthroughArgs(work.features), '-c:v', 'rawvideo'],
        ...['-f', 'segment', '-segment_format', 'rawvideo'],
        ...['-segment_time', chunkSeconds.toFixed(6), '-segment_time_delta', halfFrame.toFixed(6)],
        ...['-segment_start_number', String(work.first / segmentsPerChunk)],
        ...(i === 0 ? ['-segment_list', 'pipe:3', '-segment_list_type', 'csv'] : []),
        `file:${join(work.folder, rung.id).replaceAll('%', '%%')}.%05d.pipe`,
      ]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: work.rungs.slice(0, 1).map(({ id }) => ({ rendition: id, listFd: 3 })),
    writesTo: work.rungs.map((rung) => pipePath(work, rung)),
  };
}

/** The pipes that streamEncoders read from; they must exist before any process starts. */
export function pipesOf(work: VideoWork): string[] {
  return work.rungs.map((rung) => pipePath(work, rung));
}

/** Where a rung's raw frames of one chunk pass from the decoder to its encoder. */
function pipePath({ plan, folder, first }: VideoWork, rung: VideoRendition): string {
  const chunk = String(first / plan.grid.segmentsPerChunk).padStart(5, '0');
  return `${join(folder, rung.id)}.${chunk}.pipe`;
}

function sharedDecode(work: VideoWork): FfmpegCommand {
  const { args, graph } = openPictures(work);
  return {
    label: 'decode',
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...args,
      ...['-filter_complex', graph],
      ...work.rungs.flatMap((rung, i) => [
        ...['-map', `[v${i}]`, ...passthroughArgs(work.features)],
        // Unbuffered: a frame goes from the filter to the pipe in one write, without a copy in between.
        ...['-avioflags', 'direct', '-f', 'rawvideo', `file:${pipePath(work, rung)}`],
      ]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: [],
    writesTo: work.rungs.map((rung) => pipePath(work, rung)),
  };
}

function openPictures({ plan, picture, rungs, first, end, address }: VideoWork): { args: string[]; graph: string } {
  const frames = frameRange(plan, first, end);
  const { args, shiftSeconds } = openSource(plan, frames.startSeconds, address, picture.trackIndex);
  return { args: [...KEEP_FILTERS, ...args], graph: pictureGraph(plan, picture, rungs, frames, shiftSeconds) };
}

function encodeFromPipe(work: VideoWork, rung: VideoRendition): FfmpegCommand {
  return {
    label: `encode ${rung.name}`,
    role: 'encode',
    readsSource: false,
    args: [
      ...globalArgs(),
      ...['-f', 'rawvideo', '-pixel_format', work.picture.pixelFormat, '-video_size', `${rung.width}x${rung.height}`],
      ...['-framerate', formatRational(work.picture.frameRate), '-i', `file:${pipePath(work, rung)}`],
      ...['-map', '0:v', '-vf', tagFilters(work.picture)],
      ...encodeArgs(work, rung, 3),
    ],
    outputs: [{ rendition: rung.id, listFd: 3 }],
    writesTo: [],
  };
}

function encodeDirect(work: VideoWork, label: string): FfmpegCommand {
  const { args, graph } = openPictures(work);
  // The span's frames start at its own time; segments are cut counting from 0, as from a pipe.
  const tags = work.rungs.map((_, i) => `[v${i}]setpts=N,${tagFilters(work.picture)}[o${i}]`);
  return {
    label,
    role: 'encode',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...args,
      ...['-filter_complex', [graph, ...tags].join(';')],
      ...work.rungs.flatMap((rung, i) => ['-map', `[o${i}]`, ...encodeArgs(work, rung, 3 + i)]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: work.rungs.map((rung, i) => ({ rendition: rung.id, listFd: 3 + i })),
    writesTo: [],
  };
}

function encodeArgs(work: VideoWork, rung: VideoRendition, listFd: number): string[] {
  const { plan, picture, first, folder } = work;
  return [
    ...passthroughArgs(work.features),
    ...videoEncoderOf(rung).args({ grid: plan.grid, picture, rung }),
    ...containerOf(plan.packaging).cutArgs({ plan, rendition: rung, first, folder, listFd }),
  ];
}
