import { toNumber } from '../../model/rational.js';
import type { CodedSegment } from '../coded/coded-segment.js';
import { frameClock, type SegmentOf } from '../coded/frame-clock.js';
import { findBox } from '../mp4/boxes.js';
import { broken } from '../mp4/broken.js';
import { closeFragments, joinSegments } from '../mp4/close.js';
import { readCodedFragments } from '../mp4/read-coded.js';
import { scanFragments } from '../mp4/scan.js';
import { writeCodedFragments } from '../mp4/write-coded.js';
import { writeInit, type InitTrack } from '../mp4/write-init.js';
import type { Container, SegmentCut, SegmentMuxing } from './container.js';

/** Fragmented MP4 as CMAF has it (ISO/IEC 23000-19), for HLS (RFC 8216 3.3) and DASH alike: one track in a rendition. */
export const fmp4: Container = {
  extension: 'm4s',
  init: 'init.mp4',
  // Of each sample its size, flags and offset: sound of 64 kb/s has samples of 170 bytes.
  overhead: 1.05,
  timescale: (kind, rate) => (kind === 'audio' ? toNumber(rate) : videoTimescale(rate.num)),
  muxing: fragmentMuxing,
  // The header is there also where no fragment follows.
  isEmpty: (bytes) => bytes.length === 0 || findBox(bytes, 'moof') === null,
  scan(bytes, init) {
    if (init === null) throw broken('it has no initialization segment');
    return scanFragments(asBuffer(bytes), asBuffer(init));
  },
  close: closeFragments,
  read(bytes, init, segment) {
    if (init === null) throw broken('it has no initialization segment');
    return readCodedFragments(bytes, init, frameClock(segment));
  },
  write(coded, segment, { index, fragments }) {
    const bytes = writeCodedFragments(coded, frameClock(segment), index * fragments + 1);
    return { bytes, carry: 0, init: writeInit(initTrack(coded, segment)) };
  },
  join: joinSegments,
};

function initTrack(coded: CodedSegment, { plan, rendition }: SegmentOf): InitTrack {
  const { timescale } = rendition;
  if (coded.kind === 'audio' && rendition.kind === 'audio') {
    return { kind: 'audio', timescale, format: coded.format, bitrate: rendition.bitrate };
  }
  if (coded.kind === 'audio' || rendition.kind === 'audio')
    throw broken('it carries something else than its rendition');
  const { width, height } = rendition;
  return { kind: 'video', timescale, width, height, parameters: coded.parameters, color: plan.picture?.color ?? null };
}

/** Fine enough for what reads only whole ticks, and a whole number of ticks a frame. */
function videoTimescale(rate: number): number {
  let ticks = rate;
  while (ticks < LEAST_TIMESCALE) ticks *= 2;
  return ticks;
}

const LEAST_TIMESCALE = 10_000;

/**
 * Each file has its header, so that it is of use alone and is written before it is listed; one fragment for each GOP;
 * negative composition offsets instead of an edit list ("cmaf").
 */
function fragmentMuxing({ plan, rendition, first }: SegmentCut): SegmentMuxing {
  const movflags = ['frag_discont', 'cmaf', 'empty_moov', 'frag_keyframe', 'default_base_moof', 'skip_trailer'];
  const timescale: readonly [string, string] = ['video_track_timescale', String(rendition.timescale)];
  return {
    format: 'mp4',
    muxDelaySeconds: null,
    formatOptions: [
      ['movflags', movflags.map((name) => `+${name}`).join('')],
      ['use_editlist', '0'],
      ['avoid_negative_ts', 'disabled'],
      ['output_ts_offset', (first * toNumber(plan.grid.segmentSeconds)).toFixed(6)],
      ...(rendition.kind === 'video' ? [timescale] : []),
    ],
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
