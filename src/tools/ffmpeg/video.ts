import { join } from 'node:path';
import type { EncodePlan, PicturePlan } from '../../model/plan.js';
import { formatRational } from '../../model/rational.js';
import type { VideoRendition } from '../../model/rendition.js';
import type { DecodeMode, Schedule } from '../../model/schedule.js';
import type { InputAddress } from '../../model/source.js';
import { containerOf } from '../containers/containers.js';
import { videoEncoderOf } from '../encoders/encoders.js';
import { globalArgs, passthroughArgs, type FfmpegCommand, type FfmpegFeatures } from './command.js';
import { openSource, readingArgs } from './input.js';
import { pictureGraph, tagFilters } from './picture.js';

/** Video renditions to encode side by side, all from segment `first`. */
export interface VideoWork {
  readonly plan: EncodePlan;
  /** Of the plan's source. */
  readonly address: InputAddress;
  readonly picture: PicturePlan;
  /** Descending by size, at least one. */
  readonly rungs: readonly VideoRendition[];
  /** Encoder threads per rung id. */
  readonly threads: Schedule['threads'];
  readonly first: number;
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

/** Where a rung's raw frames pass from the decoder to its encoder. */
export function pipePath(folder: string, rung: VideoRendition): string {
  return join(folder, `${rung.id}.pipe`);
}

function sharedDecode(work: VideoWork): FfmpegCommand {
  const source = openSource(work.plan, work.first, work.address);
  return {
    label: 'decode',
    role: 'decode',
    args: [
      ...globalArgs(),
      ...source.args,
      ...['-filter_complex', pictureGraph(work.plan, work.picture, work.rungs, work.first, source.shiftSeconds)],
      ...work.rungs.flatMap((rung, i) => [
        ...['-map', `[v${i}]`, ...passthroughArgs(work.features)],
        // Unbuffered: a frame goes from the filter to the pipe in one write, without a copy in between.
        ...['-avioflags', 'direct', '-f', 'rawvideo', `file:${pipePath(work.folder, rung)}`],
      ]),
      ...readingArgs(work.plan, work.picture.trackIndex),
    ],
    outputs: [],
    writesTo: work.rungs.map((rung) => pipePath(work.folder, rung)),
  };
}

function encodeFromPipe(work: VideoWork, rung: VideoRendition): FfmpegCommand {
  return {
    label: `encode ${rung.name}`,
    role: 'encode',
    args: [
      ...globalArgs(),
      ...['-f', 'rawvideo', '-pixel_format', work.picture.pixelFormat, '-video_size', `${rung.width}x${rung.height}`],
      ...['-framerate', formatRational(work.picture.frameRate), '-i', `file:${pipePath(work.folder, rung)}`],
      ...['-map', '0:v', '-vf', tagFilters(work.picture)],
      ...encodeArgs(work, rung, 3),
    ],
    outputs: [{ rendition: rung.id, listFd: 3 }],
    writesTo: [],
  };
}

function encodeDirect(work: VideoWork, label: string): FfmpegCommand {
  const source = openSource(work.plan, work.first, work.address);
  const graph = pictureGraph(work.plan, work.picture, work.rungs, work.first, source.shiftSeconds);
  // The span's frames start at its own time; segments are cut counting from 0, as from a pipe.
  const tags = work.rungs.map((_, i) => `[v${i}]setpts=N,${tagFilters(work.picture)}[o${i}]`);
  return {
    label,
    role: 'encode',
    args: [
      ...globalArgs(),
      ...source.args,
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
  const threads = work.threads[rung.id] ?? 1;
  return [
    ...passthroughArgs(work.features),
    ...videoEncoderOf(rung).args({ grid: plan.grid, picture, rung, threads }),
    ...containerOf(plan.packaging).cutArgs({ plan, rendition: rung, first, folder, listFd }),
  ];
}
