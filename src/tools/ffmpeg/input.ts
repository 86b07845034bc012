import type { EncodePlan } from '../../model/plan.js';
import { toNumber } from '../../model/rational.js';
import type { InputAddress } from '../../model/source.js';
import { inputSafetyArgs } from '../input-safety.js';

/** How the source is opened so that segment `first` can be made from it. */
export interface InputStart {
  /** Arguments up to and including -i. */
  readonly args: readonly string[];
  /** What must be added to FFmpeg's timestamps to get title time, seconds. */
  readonly shiftSeconds: number;
}

// Decoders need what comes before the first wanted frame: references, and the picture that is still showing.
const SEEK_MARGIN_SECONDS = 2;

/**
 * Opens the source for the span that begins with segment `first`. FFmpeg takes the container's start and the
 * seek position off every timestamp; `shiftSeconds` puts title time back. Seeks are to whole seconds, exact in
 * every MP4 and Matroska time base, so a frame gets the same time whether or not a seek came before.
 */
export function openSource(plan: EncodePlan, first: number, address: InputAddress): InputStart {
  const { originSeconds } = plan.timeline;
  const spanStart = first * toNumber(plan.grid.segmentSeconds) + originSeconds - plan.input.startSeconds;
  const seek = plan.input.seekable && first > 0 ? Math.max(0, Math.floor(spanStart - SEEK_MARGIN_SECONDS)) : 0;
  return {
    args: [
      // The seek may land before the wanted frame; the filters drop what is early, counting on exact timestamps.
      ...(seek > 0 ? ['-noaccurate_seek', '-ss', String(seek)] : []),
      // Rotation is in the filter graph, where the plan put it.
      '-noautorotate',
      ...inputSafetyArgs(address, plan.input.format),
      '-i',
      address.url,
    ],
    shiftSeconds: seek + plan.input.startSeconds - originSeconds,
  };
}

/**
 * Output arguments, after all others, that make a process read all the tracks that must be read together; `used`: those
 * it reads anyway. They are not decoded.
 */
export function readingArgs(plan: EncodePlan, used: number): string[] {
  const others = plan.input.tracksReadTogether.filter((track) => track !== used);
  if (others.length === 0) return [];
  return [...others.flatMap((track) => ['-map', `0:${track}`]), '-c', 'copy', '-f', 'null', '-'];
}

/** `PTS+round(…/TB)` for setpts and asetpts, or null when nothing is to be shifted. */
export function shiftFilter(name: 'setpts' | 'asetpts', seconds: number): string | null {
  const rounded = Number(seconds.toFixed(6));
  return rounded === 0 ? null : `${name}=PTS+round(${rounded}/TB)`;
}
