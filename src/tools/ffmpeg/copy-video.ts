import { toNumber, type Rational } from '../../model/rational.js';
import { encodedOf, streamsOf, videoOf, type VideoRendition } from '../../model/rendition.js';
import { globalArgs, type FfmpegCommand } from './command.js';
import { tagFilter } from './copy-tags.js';
import { openSource } from './input.js';
import { frameRange } from './picture.js';
import { cutArgs, listsOf } from './segment-muxer.js';
import type { VideoWork } from './video-work.js';

/** The processes that make the copied rungs of `work`: the source's packets, cut on the grid. */
export function copyCommands(work: VideoWork): FfmpegCommand[] {
  return streamsOf(work.rungs).flatMap((renditions) => {
    const [rung] = renditions;
    return rung?.copy ? [copyCommand(work, renditions, { ...rung, copy: rung.copy })] : [];
  });
}

type CopiedRung = VideoRendition & Required<Pick<VideoRendition, 'copy'>>;

/**
 * Packets are placed on the grid anew, because a source may have them a little off it, and those before and after the span are
 * dropped. They are without parameter sets, messages and delimiters of their own: segments begin with those of the header.
 * Where no rung is encoded, they are decoded here, so that damage is told of all the same.
 */
function copyCommand(work: VideoWork, renditions: readonly VideoRendition[], rung: CopiedRung): FfmpegCommand {
  const { plan, address, picture, first, end, folder } = work;
  const { copy, name } = rung;
  const { startSeconds, count } = frameRange(plan, first, end);
  const { args, shiftSeconds } = openSource(plan, startSeconds, address, copy.track);
  const rate = toNumber(picture.frameRate);
  // In what FFmpeg reads, from where it begins to the span's first frame.
  const begins = startSeconds - shiftSeconds;
  const until = count === null ? [] : ['-t', (begins + count / rate + BEYOND_SECONDS).toFixed(6)];
  const filters = [
    `filter_units=remove_types=${LEFT_OUT}`,
    ...(copy.tag ? [tagFilter(picture.color)] : []),
    ...placeFilters(picture.frameRate, { begins: begins * rate, count, reorder: copy.reorder }),
  ];
  return {
    label: `copy ${name}`,
    role: 'encode',
    readsSource: true,
    args: [
      ...globalArgs(),
      ...until,
      ...args,
      ...['-map', `0:${copy.track}`, '-c:v', 'copy', '-bsf:v', filters.join(',')],
      ...cutArgs({ plan, renditions, first, folder, listFd: 3 }),
      ...(encodedOf(videoOf(plan)).length > 0 ? [] : ['-map', `0:${copy.track}`, '-f', 'null', '-']),
    ],
    outputs: listsOf({ renditions, listFd: 3 }),
    writesTo: [],
  };
}

/** Reading ends where surely nothing comes any more that is wanted: packets come in the order of decoding. */
const BEYOND_SECONDS = 3;

/** NAL unit types of ITU-T H.264 7.4.1: messages (captions would come and go with the rung), parameter sets, delimiters, filler. */
const LEFT_OUT = '6-9|12';

/**
 * In the source's own time base: what the filter is given where it has one of its own differs between versions of FFmpeg.
 * `begins`: the span's first frame, counted from where FFmpeg begins to read; a fraction where the title begins between.
 */
function placeFilters(
  { num, den }: Rational,
  { begins, count, reorder }: { readonly begins: number; readonly count: number | null; readonly reorder: number },
): string[] {
  const rate = `${num}/${den}`;
  // What is read begins with an IDR frame, before which nothing is shown that is decoded after it.
  const place = (time: string): string => `round(${time}*TB*${rate}-${Number(begins.toFixed(6))})`;
  const units = (frames: string): string => `round((${frames})*${den}/${num}/TB)`;
  const end = count === null ? '' : `+gte(pts*tb\\,${(((count - 0.5) * den) / num).toFixed(6)})`;
  return [
    `setts=pts=${units(place('PTS'))}:dts=${units(`N+${place('STARTPTS')}-${reorder}`)}`,
    `noise=drop=lt(pts\\,0)${end}:amount=0`,
  ];
}
