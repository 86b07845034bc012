import { join } from 'node:path';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { SegmentMuxing } from '../containers/container.js';
import { containerOf } from '../containers/containers.js';

/** One encoded stream that is to be cut, and what it becomes. */
export interface CutStream {
  readonly plan: EncodePlan;
  /** Renditions of one name: the stream in each of its containers. At least one. */
  readonly renditions: readonly Rendition[];
  /** Index of the first segment that the process makes. */
  readonly first: number;
  /** Absolute; has a sub-folder for each rendition, where segment 12 becomes 00012.ts. */
  readonly folder: string;
  /** File descriptor on which each closed segment of the first rendition is a line "00012.ts,start,end"; of the second the next. */
  readonly listFd: number;
}

/** Which renditions' closed segments are listed on which file descriptor. */
export function listsOf({ renditions, listFd }: Pick<CutStream, 'renditions' | 'listFd'>): SegmentList[] {
  return renditions.map(({ id }, i) => ({ rendition: id, listFd: listFd + i }));
}

export interface SegmentList {
  readonly rendition: string;
  readonly listFd: number;
}

/** FFmpeg's output arguments that cut an encoded stream on the grid: once, or by the tee muxer for several containers. */
export function cutArgs(stream: CutStream): string[] {
  const cuts = stream.renditions.map((rendition, i) => cutOf(stream, rendition, stream.listFd + i));
  const [cut, ...others] = cuts;
  if (!cut) throw new RangeError('a stream is to become something');
  if (others.length === 0) return aloneArgs(cut);
  return [...globalHeader(cut.rendition), ...['-map_metadata', '-1', '-f', 'tee', cuts.map(slave).join('|')]];
}

/** The segment muxer asks encoders for this itself, the tee muxer does not. What is copied has its header. */
function globalHeader(rendition: Rendition): string[] {
  switch (rendition.kind) {
    case 'video':
      return rendition.copy ? [] : ['-flags:v', '+global_header'];
    case 'audio':
      return ['-flags:a', '+global_header'];
  }
}

interface Cut extends SegmentMuxing {
  readonly rendition: Rendition;
  readonly first: number;
  readonly seconds: string;
  /** Null: cut at the first packet at or after the time. */
  readonly tolerance: string | null;
  readonly listFd: number;
  readonly file: string;
}

function cutOf({ plan, first, folder }: CutStream, rendition: Rendition, listFd: number): Cut {
  const container = containerOf(rendition);
  return {
    ...container.muxing({ plan, rendition, first }),
    rendition,
    first,
    seconds: toNumber(plan.grid.segmentSeconds).toFixed(6),
    tolerance: cutTolerance(plan, rendition),
    listFd,
    file: `file:${join(folder, rendition.id).replaceAll('%', '%%')}/%05d.${container.extension}`,
  };
}

function aloneArgs({ format, muxDelaySeconds, formatOptions, first, seconds, tolerance, listFd, file }: Cut): string[] {
  return [
    // No track-wide shift for early decode times: renditions would each be shifted by their own amount.
    ...['-avoid_negative_ts', 'disabled', ...(muxDelaySeconds === null ? [] : ['-muxdelay', String(muxDelaySeconds)])],
    ...['-map_metadata', '-1', '-f', 'segment', '-segment_format', format],
    ...['-segment_time', seconds, ...(tolerance === null ? [] : ['-segment_time_delta', tolerance])],
    ...['-segment_start_number', String(first)],
    ...['-segment_format_options', formatOptions.map(([name, value]) => `${name}=${value}`).join(':')],
    ...['-segment_list', `pipe:${listFd}`, '-segment_list_type', 'csv'],
    file,
  ];
}

/** The same as an output of the tee muxer, which takes one level of quoting off, and another one off options. */
function slave({ format, muxDelaySeconds, formatOptions, first, seconds, tolerance, listFd, file }: Cut): string {
  const inner = formatOptions.map(([name, value]) => `${name}=${value}`).join('\\\\:');
  const options = [
    'f=segment',
    ...(muxDelaySeconds === null ? [] : [`max_delay=${Math.round(muxDelaySeconds * 1e6)}`]),
    'avoid_negative_ts=disabled',
    `segment_format=${format}`,
    `segment_time=${seconds}`,
    ...(tolerance === null ? [] : [`segment_time_delta=${tolerance}`]),
    `segment_start_number=${first}`,
    `segment_format_options=${inner}`,
    `segment_list=pipe\\\\:${listFd}`,
    'segment_list_type=csv',
  ];
  return `[${options.join(':')}]${file.replace(/[\\'|]/g, '\\$&')}`;
}

// Half a GOP of tolerance: segment_time is rounded to microseconds, and the wanted IDR must not be missed by one.
function cutTolerance({ grid: { framesPerGop, frameRate } }: EncodePlan, rendition: Rendition): string | null {
  switch (rendition.kind) {
    case 'video':
      if (framesPerGop === null || frameRate === null) return null;
      // What is copied may have a keyframe anywhere, also right before the wanted one.
      if (rendition.copy) return (0.5 / toNumber(frameRate)).toFixed(6);
      return (framesPerGop / toNumber(frameRate) / 2).toFixed(6);
    case 'audio':
      return null;
  }
}
