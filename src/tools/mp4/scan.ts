import type { SegmentScan } from '../containers/container.js';
import { broken } from './broken.js';
import { isSync, readFragments, type Fragment } from './fragments.js';
import { readInit } from './init.js';

/** Bytes of a segment's first fragment before its samples count as an I-frame's, too: players read it from its moof. */
export interface FragmentScan extends SegmentScan {
  /** Ticks per second of all times. */
  readonly timescale: number;
  /** Sum of the samples' durations. */
  readonly ticks: number;
}

/** Measures a closed segment by its fragments. Throws MediactlError('encode-failed') when they are not sound. */
export function scanFragments(bytes: Buffer, init: Buffer): FragmentScan {
  const { kind, timescale, codecs } = readInit(init);
  const fragments = readFragments(bytes);
  const [first] = fragments;
  if (!first) throw broken('it has no fragment');
  let frames = 0;
  let ticks = 0;
  for (const { samples, time } of fragments) {
    if (time !== first.time + ticks) throw broken('a fragment does not begin where the one before ends');
    frames += samples.length;
    ticks += samples.reduce((sum, { duration }) => sum + duration, 0);
  }
  const begins = Math.min(...fragments.map(earliest));
  switch (kind) {
    case 'video': {
      const keyframes = fragments.flatMap(keyframeOf);
      return {
        timescale,
        ticks,
        audio: null,
        video: { frames, first: begins, lead: begins - first.time, codecs, keyframes },
      };
    }
    case 'audio':
      return { timescale, ticks, video: null, audio: { frames, first: begins, codecs } };
  }
}

/** Presentation time of the sample that is shown first. */
function earliest({ samples, time }: Fragment): number {
  let decoded = time;
  let first = Infinity;
  for (const { duration, offset } of samples) {
    first = Math.min(first, decoded + offset);
    decoded += duration;
  }
  return first;
}

/**
 * A fragment that begins with a picture that decodes on its own: from its moof to the end of that picture, which is what
 * an I-frame playlist leads to (Apple HLS authoring; RFC 8216 4.3.3.6 with 3.3).
 */
function keyframeOf({ start, time, samples, data }: Fragment): { offset: number; bytes: number; time: number }[] {
  const [first] = samples;
  if (!first || !isSync(first)) return [];
  return [{ offset: start, bytes: data + first.bytes - start, time: time + first.offset }];
}
