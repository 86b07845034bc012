import type { ClosedBytes, SegmentPlace } from '../containers/container.js';
import { boxesIn, makeBox } from './boxes.js';
import { broken } from './broken.js';
import { readFragments, type Fragment } from './fragments.js';
import { makeInit } from './init.js';
import { writeFragment } from './write-fragment.js';

/** A segment of the ISO base media format (ISO/IEC 23009-1, 6.3.4.2) and of CMAF (ISO/IEC 23000-19, 7.3.3.1). */
export const STYP = makeBox('styp', Buffer.from('msdh\0\0\0\0msdhcmfs', 'latin1'));

/**
 * Makes of a file of FFmpeg's, which has a header of its own, the initialization segment and a segment without: fragments
 * numbered through the title, always written alike, that begin exactly where the one before ended. What an encoder gives
 * before the title's 0 for itself to warm up (priming of AAC) is left out, so that no edit list is needed to hide it.
 */
export function closeFragments(bytes: Buffer, place: SegmentPlace): ClosedBytes {
  const { index, fragments: perSegment, frameTicks } = place;
  if (!Number.isInteger(frameTicks)) throw broken('a frame is not a whole number of its ticks');
  const parts: Buffer[] = [STYP];
  let due: number | null = null;
  for (const [i, fragment] of readFragments(bytes).entries()) {
    const { samples, data, time } = withoutPriming(bytes, fragment, frameTicks);
    if (samples.length === 0) continue;
    if (due !== null && time !== due) throw broken(`fragment ${i} begins ${time - due} ticks off the one before`);
    due = time + samples.length * frameTicks;
    const sequence = index * perSegment + i + 1;
    parts.push(writeFragment({ sequence, time, sampleDuration: frameTicks, samples, encryption: null }), data);
  }
  return { bytes: Buffer.concat(parts), carry: 0, init: makeInit(bytes) };
}

/** One segment of two: only the first says what the file is. */
export function joinSegments(segment: Buffer, next: Buffer): Buffer {
  const [first] = boxesIn(next);
  return Buffer.concat([segment, next.subarray(first?.type === 'styp' ? first.end : 0)]);
}

/** Ticks by which FFmpeg, which places a span to the microsecond, may miss the frame where sound goes on. */
const ROUNDING = 2;

function withoutPriming(
  bytes: Buffer,
  { samples, data, time }: Fragment,
  frameTicks: number,
): Pick<Fragment, 'samples' | 'time'> & { readonly data: Buffer } {
  // Of the last sample, which no other follows, a muxer can only guess the length; encoders of sound say how much is in it.
  const isUneven = samples.some(({ duration }, i) => duration !== frameTicks && i < samples.length - 1);
  if (isUneven) throw broken('its frames are not equally long');
  const frame = Math.round(time / frameTicks);
  if (Math.abs(time - frame * frameTicks) > ROUNDING)
    throw broken(`it begins ${time} ticks after 0, within a frame of ${frameTicks}`);
  const early = Math.min(samples.length, Math.max(0, -frame));
  const sizes = samples.map((sample) => sample.bytes);
  const skipped = sizes.slice(0, early).reduce((sum, size) => sum + size, data);
  const end = sizes.slice(early).reduce((sum, size) => sum + size, skipped);
  return { samples: samples.slice(early), time: (frame + early) * frameTicks, data: bytes.subarray(skipped, end) };
}
