import type { EncodePlan } from '../../model/plan.js';
import type { InputAddress } from '../../model/source.js';
import { inputSafetyArgs } from '../input-safety.js';

/** How the source is opened so that the title can be made from a given time on. */
export interface InputStart {
  /** Arguments up to and including -i. */
  readonly args: readonly string[];
  /** What must be added to FFmpeg's timestamps to get title time, seconds. */
  readonly shiftSeconds: number;
}

// Decoders need what comes before the first wanted frame: references, and the picture that is still showing.
const SEEK_MARGIN_SECONDS = 2;

/**
 * Opens the source for what the title holds from `titleSeconds` on. FFmpeg takes the container's start and the
 * seek position off every timestamp; `shiftSeconds` puts title time back. Seeks are to whole seconds, exact in
 * every MP4 and Matroska time base, so a frame gets the same time whether or not a seek came before.
 */
export function openSource(plan: EncodePlan, titleSeconds: number, address: InputAddress): InputStart {
  const { originSeconds, part } = plan.timeline;
  const wanted = titleSeconds + originSeconds - plan.input.startSeconds;
  const isFromStart = titleSeconds === 0 && (part?.startSeconds ?? 0) === 0;
  const seek = plan.input.seekable && !isFromStart ? Math.max(0, Math.floor(wanted - SEEK_MARGIN_SECONDS)) : 0;
  return {
    args: [
      // One thread: with several, what a decoder makes of a damaged picture depends on chance.
      ...['-threads', '1'],
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
