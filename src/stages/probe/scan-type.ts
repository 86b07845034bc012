import type { Scan } from '../../model/media.js';
import type { FfprobeStream, FrameScan } from '../../tools/ffprobe.js';

/** What the headers alone say of a track; `ask-frames` when only decoded frames can tell. */
export type HeaderScan = Scan | { readonly kind: 'ask-frames' };

const PROGRESSIVE: Scan = { kind: 'progressive' };

/**
 * ffprobe's field_order is what the container or the first pictures say. "progressive" is believed, and so is
 * silence of a codec that has no fields. Anything else is settled by looking at frames: containers claim fields of
 * pictures that have none (25p in a 50i wrapper), and DV in AVI says nothing at all.
 */
export function scanFromHeaders(stream: Pick<FfprobeStream, 'codec_name' | 'field_order'>): HeaderScan {
  if (stream.field_order === 'progressive') return PROGRESSIVE;
  if (flagsFrames(stream.codec_name ?? '')) return { kind: 'ask-frames' };
  return stream.field_order === null ? PROGRESSIVE : fromFieldOrder(stream.field_order);
}

// Of a stream that mixes both kinds a quarter is enough: combing is uglier than a progressive frame run through bwdif.
const INTERLACED_SHARE = 0.25;

/** From decoded frames; `fieldOrder` (ffprobe's field_order) is the fallback when there are none. */
export function scanFromFrames(frames: readonly FrameScan[], fieldOrder: string | null): Scan {
  if (frames.length === 0) return fieldOrder === null ? PROGRESSIVE : fromFieldOrder(fieldOrder);
  const interlaced = frames.filter((frame) => frame.interlaced);
  if (interlaced.length < frames.length * INTERLACED_SHARE) return PROGRESSIVE;
  const topFirst = interlaced.filter((frame) => frame.topFieldFirst).length;
  return { kind: 'interlaced', parity: topFirst * 2 >= interlaced.length ? 'tff' : 'bff' };
}

/** Where to look, in seconds: at the start, and in a longer title in the middle too (openings are often different). */
export function sampleTimes(startSeconds: number, durationSeconds: number | null): number[] {
  return durationSeconds !== null && durationSeconds > 20 ? [0, startSeconds + durationSeconds / 2] : [0];
}

export const SAMPLE_FRAMES = 24;

// Two letters: the field that is coded first, then the one that is shown first. The second is the parity.
function fromFieldOrder(fieldOrder: string): Scan {
  const shownFirst = /^[tb]([tb])$/.exec(fieldOrder)?.[1];
  if (shownFirst === undefined) return PROGRESSIVE;
  return { kind: 'interlaced', parity: shownFirst === 't' ? 'tff' : 'bff' };
}

// Codecs whose decoders set the field flags of a frame from the bitstream.
function flagsFrames(codec: string): boolean {
  return ['h264', 'mpeg2video', 'mpeg4', 'vc1', 'wmv3', 'dvvideo', 'prores', 'dnxhd', 'ffv1', 'cavs'].includes(codec);
}
