import { join } from 'node:path';
import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { Rendition } from '../../model/rendition.js';
import type { SegmentCut } from '../containers/container.js';

/**
 * Output arguments that cut a rendition into transport stream segments on the grid, from segment `first`.
 * Each closed segment is a line "00012.ts,start,end" on file descriptor `listFd`.
 */
export function segmentArgs({ plan, rendition, first, folder, listFd }: SegmentCut): string[] {
  const segmentSeconds = toNumber(plan.grid.segmentSeconds);
  // FFmpeg's mpegts muxer starts streams at 2 × muxdelay.
  const muxDelay = plan.packaging.zeroSeconds / 2;
  return [
    // No track-wide shift for early decode times: renditions would each be shifted by their own amount.
    ...['-avoid_negative_ts', 'disabled', '-muxdelay', String(muxDelay)],
    ...['-map_metadata', '-1', '-f', 'segment', '-segment_format', 'mpegts'],
    ...['-segment_time', segmentSeconds.toFixed(6), ...cutTolerance(plan, rendition)],
    ...['-segment_start_number', String(first)],
    '-segment_format_options',
    [
      'avoid_negative_ts=disabled',
      // The span's place on the timeline, added by the inner muxer after the outer one has decided the cut.
      `output_ts_offset=${(first * segmentSeconds).toFixed(6)}`,
      // Tables at the segment's start and no more: ten times a second, as by default, they are 30 kb/s.
      ...['pat_period=3600', 'sdt_period=3600'],
    ].join(':'),
    ...['-segment_list', `pipe:${listFd}`, '-segment_list_type', 'csv'],
    `file:${join(folder, rendition.id).replaceAll('%', '%%')}/%05d.ts`,
  ];
}

// Half a GOP of tolerance: segment_time is rounded to microseconds, and the wanted IDR must not be missed by one.
function cutTolerance(plan: EncodePlan, rendition: Rendition): string[] {
  const { framesPerGop, frameRate } = plan.grid;
  switch (rendition.kind) {
    case 'video':
      if (framesPerGop === null || frameRate === null) return [];
      return ['-segment_time_delta', (framesPerGop / toNumber(frameRate) / 2).toFixed(6)];
    case 'audio':
      return [];
  }
}
