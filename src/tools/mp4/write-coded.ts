import {
  frameTicks,
  type CodedAudio,
  type CodedSegment,
  type CodedVideo,
  type FrameClock,
} from '../coded/coded-segment.js';
import { broken } from './broken.js';
import { STYP } from './close.js';
import { writeFragment, type FragmentToWrite } from './write-fragment.js';

/** ISO/IEC 14496-12, 8.8.3.1: depends on no other sample, or on others and is no sync sample. */
const [SYNC, NON_SYNC] = [0x0200_0000, 0x0101_0000];

/**
 * A segment of one track as closeFragments gives it: one fragment for each keyframe, numbered from `sequence` on. What is
 * before the title's 0 is left out. Throws MediactlError('encode-failed') for what cannot be carried.
 */
export function writeCodedFragments(segment: CodedSegment, clock: FrameClock, sequence: number): Buffer {
  const ticks = frameTicks(clock);
  if (!Number.isInteger(ticks)) throw broken('a frame is not a whole number of its ticks');
  const parts: Buffer[] = [STYP];
  const fragments = segment.kind === 'video' ? pictureRuns(segment, ticks) : soundRun(segment, ticks);
  for (const [i, { data, time, samples }] of fragments.entries()) {
    parts.push(
      writeFragment({ sequence: sequence + i, time, sampleDuration: ticks, samples, encryption: null }),
      ...data,
    );
  }
  return Buffer.concat(parts);
}

type Run = Pick<FragmentToWrite, 'time' | 'samples'> & { readonly data: readonly Buffer[] };

function pictureRuns({ frames }: CodedVideo, ticks: number): Run[] {
  const [first] = frames;
  if (!first?.isSync) throw broken('it does not begin with a keyframe');
  const starts = frames.flatMap(({ isSync }, i) => (isSync ? [i] : []));
  return starts.map((start, i) => {
    const run = frames.slice(start, starts[i + 1]);
    return {
      time: (first.shown + start) * ticks,
      data: run.map(({ data }) => data),
      samples: run.map(({ data, shown, isSync }, j) => ({
        bytes: data.length,
        flags: isSync ? SYNC : NON_SYNC,
        offset: (shown - (first.shown + start + j)) * ticks,
      })),
    };
  });
}

function soundRun({ first, frames }: CodedAudio, ticks: number): Run[] {
  const data = frames.slice(Math.max(0, -first));
  const samples = data.map(({ length }) => ({ bytes: length, flags: SYNC, offset: 0 }));
  return data.length === 0 ? [] : [{ time: Math.max(0, first) * ticks, data, samples }];
}
