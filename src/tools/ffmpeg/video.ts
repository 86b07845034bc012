import { join } from 'node:path';
import { formatRational, toNumber } from '../../model/rational.js';
import { encodedOf, streamsOf, type VideoRendition } from '../../model/rendition.js';
import type { DecodeMode } from '../../model/schedule.js';
import { videoEncoderOf } from '../encoders/encoders.js';
import { globalArgs, INFO, passthroughArgs, type FfmpegCommand } from './command.js';
import { copyCommands } from './copy-video.js';
import { openSource, readingArgs } from './input.js';
import { KEEP_FILTERS } from './picture-size.js';
import { frameRange, pictureGraph, tagFilters } from './picture.js';
import { cutArgs, listsOf } from './segment-muxer.js';
import type { VideoWork } from './video-work.js';

/** The processes that make `work`, in the way `mode` names. */
export function videoCommands(work: VideoWork, mode: DecodeMode): FfmpegCommand[] {
  const rungs = encodedOf(work.rungs);
  const encode = rungs.length === 0 ? [] : encodeCommands({ ...work, rungs }, mode);
  return [...encode, ...copyCommands(work)];
}

function encodeCommands(work: VideoWork, mode: DecodeMode): FfmpegCommand[] {
  switch (mode) {
    case 'shared':
      return [sharedDecode(work), ...streamEncoders(work)];
    case 'single-process':
      return [encodeDirect(work, 'encode')];
    case 'per-rung':
      return streamsOf(work.rungs).map((rungs) => encodeDirect({ ...work, rungs }, `encode ${rungs[0]?.name}`));
  }
}

/** The processes that make one chunk of `work` from the pipes that streamDecode writes to. */
export function streamEncoders(work: VideoWork): FfmpegCommand[] {
  return streamsOf(work.rungs).map((rungs) => encodeFromPipe(work, rungs));
}

/**
 * One decoder from `work.first` to the end of the source, for sources that cannot be sought: it writes each chunk of a
 * rung to a pipe of its own, and lists each pipe of the first rung when it is done with it.
 */
export function streamDecode(work: VideoWork): FfmpegCommand {
  const { args, graph } = openPictures({ ...work, end: null }, 4);
  const { segmentsPerChunk, segmentSeconds } = work.plan.grid;
  const chunkSeconds = segmentsPerChunk * toNumber(segmentSeconds);
  const halfFrame = 0.5 / toNumber(work.picture.frameRate);
  const rungs = firstOfStreams(work);
  const counted = rungs.map((_, i) => `[v${i}]setpts=N[o${i}]`);
  return {
    label: 'decode',
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(INFO),
      ...args,
      ...['-filter_complex', [graph, ...counted].join(';')],
      ...rungs.flatMap((rung, i) => [
        ...['-map', `[o${i}]`, ...passthroughArgs(work.features), '-c:v', 'rawvideo'],
        ...['-f', 'segment', '-segment_format', 'rawvideo'],
        ...['-segment_time', chunkSeconds.toFixed(6), '-segment_time_delta', halfFrame.toFixed(6)],
        ...['-segment_start_number', String(work.first / segmentsPerChunk)],
        ...(i === 0 ? ['-segment_list', 'pipe:3', '-segment_list_type', 'csv'] : []),
        `file:${join(work.folder, rung.id).replaceAll('%', '%%')}.%05d.pipe`,
      ]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: rungs.slice(0, 1).map(({ id }) => ({ rendition: id, listFd: 3 })),
    measureFd: 4,
    writesTo: pipesOf(work),
  };
}

/** The pipes that streamEncoders read from; they must exist before any process starts. */
export function pipesOf(work: VideoWork): string[] {
  return firstOfStreams(work).map((rung) => pipePath(work, rung));
}

/** Of renditions that are one encoded stream, the first stands for all: its pictures are decoded once. */
function firstOfStreams({ rungs }: Pick<VideoWork, 'rungs'>): VideoRendition[] {
  return streamsOf(rungs).flatMap(([rung]) => rung ?? []);
}

/** Where a rung's raw frames of one chunk pass from the decoder to its encoder. */
function pipePath({ plan, folder, first }: VideoWork, rung: VideoRendition): string {
  const chunk = String(first / plan.grid.segmentsPerChunk).padStart(5, '0');
  return `${join(folder, rung.id)}.${chunk}.pipe`;
}

function sharedDecode(work: VideoWork): FfmpegCommand {
  const { args, graph } = openPictures(work, 3);
  return {
    label: 'decode',
    role: 'decode',
    readsSource: true,
    args: [
      ...globalArgs(INFO),
      ...args,
      ...['-filter_complex', graph],
      ...firstOfStreams(work).flatMap((rung, i) => [
        ...['-map', `[v${i}]`, ...passthroughArgs(work.features)],
        // Unbuffered: a frame goes from the filter to the pipe in one write, without a copy in between.
        ...['-avioflags', 'direct', '-f', 'rawvideo', `file:${pipePath(work, rung)}`],
      ]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: [],
    measureFd: 3,
    writesTo: pipesOf(work),
  };
}

function openPictures(
  { plan, picture, rungs, first, end, address }: VideoWork,
  measureFd: number,
): { args: string[]; graph: string } {
  const frames = frameRange(plan, first, end);
  const { args, shiftSeconds } = openSource(plan, frames.startSeconds, address, picture.trackIndex);
  const graph = pictureGraph(plan, picture, rungs, frames, shiftSeconds, measureFd);
  return { args: [...KEEP_FILTERS, ...args], graph };
}

function encodeFromPipe(work: VideoWork, renditions: readonly VideoRendition[]): FfmpegCommand {
  const rung = firstOf(renditions);
  return {
    label: `encode ${rung.name}`,
    role: 'encode',
    readsSource: false,
    args: [
      ...globalArgs(),
      ...['-f', 'rawvideo', '-pixel_format', work.picture.pixelFormat, '-video_size', `${rung.width}x${rung.height}`],
      ...['-framerate', formatRational(work.picture.frameRate), '-i', `file:${pipePath(work, rung)}`],
      ...['-map', '0:v', '-vf', tagFilters(work.picture)],
      ...encodeArgs(work, renditions, 3),
    ],
    outputs: listsOf({ renditions, listFd: 3 }),
    writesTo: [],
  };
}

function encodeDirect(work: VideoWork, label: string): FfmpegCommand {
  const measureFd = 3 + streamsOf(work.rungs).flat().length;
  const { args, graph } = openPictures(work, measureFd);
  // The span's frames start at its own time; segments are cut counting from 0, as from a pipe.
  const streams = streamsOf(work.rungs);
  const tags = streams.map((_, i) => `[v${i}]setpts=N,${tagFilters(work.picture)}[o${i}]`);
  const listFds = streams.map((_, i) => 3 + streams.slice(0, i).flat().length);
  return {
    label,
    role: 'encode',
    readsSource: true,
    args: [
      ...globalArgs(INFO),
      ...args,
      ...['-filter_complex', [graph, ...tags].join(';')],
      ...streams.flatMap((stream, i) => ['-map', `[o${i}]`, ...encodeArgs(work, stream, listFds[i] ?? 3)]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: streams.flatMap((renditions, i) => listsOf({ renditions, listFd: listFds[i] ?? 3 })),
    measureFd,
    writesTo: [],
  };
}

function encodeArgs(work: VideoWork, renditions: readonly VideoRendition[], listFd: number): string[] {
  const rung = firstOf(renditions);
  const { plan, picture, first, folder } = work;
  return [
    ...passthroughArgs(work.features),
    ...videoEncoderOf(rung).args({ grid: plan.grid, picture, rung }),
    ...cutArgs({ plan, renditions, first, folder, listFd }),
  ];
}

function firstOf([rung]: readonly VideoRendition[]): VideoRendition {
  if (!rung) throw new RangeError('a stream is at least one rendition');
  return rung;
}
