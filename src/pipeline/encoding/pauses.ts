import type { Place } from '../../model/account.js';
import type { EncodePlan } from '../../model/plan.js';
import type { InputAddress } from '../../model/source.js';
import { readFirstTime, readLongPackets } from '../../tools/ffprobe-packets.js';
import type { Toolbox } from '../../tools/toolbox.js';
import type { MadeRendition } from './account.js';

/** Between where a packet is said to be and where its picture is shown: B-pictures. Seconds. */
const REORDERED = 1;
/** A picture that is said to stand for so much of a gap fills it: it may be rounded, and the gap is a frame shorter. */
const FILLED = 0.8;

/**
 * Of places without pictures (seconds of the title), those where the container says that the picture before them stands so
 * long: such a pause is no hole. The container is asked only about these places. None where clocks are mended, where it
 * says nothing of lengths, or where sound is missing as well. Throws `tool-missing`, and the signal's reason.
 */
export async function findPauses(
  { timeline, input, picture }: EncodePlan,
  made: ReadonlyMap<string, MadeRendition>,
  address: InputAddress,
  tools: Toolbox,
  signal?: AbortSignal,
): Promise<Place[]> {
  const reads = [...made.values()].flatMap(({ read }) => read ?? []);
  const gaps = reads.find(({ kind }) => kind === 'video')?.gaps.first ?? [];
  const silent = reads.flatMap((read) => (read.kind === 'audio' ? read.gaps.first : []));
  const open = gaps.filter((gap) => !silent.some((other) => overlap(gap, other)));
  if (!picture || open.length === 0 || !input.seekable || input.mended.length > 0) return [];
  const at = open.map((gap) => gap.at + timeline.originSeconds);
  const packets = await readLongPackets(address, tools, { stream: picture.trackIndex, at, around: REORDERED }, signal);
  return open.filter((gap, i) =>
    packets.some(
      ({ time, duration }) =>
        Math.abs(time - (at[i] ?? 0)) < REORDERED && duration > FILLED * gap.seconds && duration < gap.seconds / FILLED,
    ),
  );
}

function overlap(a: Place, b: Place): boolean {
  return a.at < b.at + b.seconds && b.at < a.at + a.seconds;
}

/** Headers that say nothing of when a track begins: FFmpeg gives the start of the file for it. */
const NO_STARTS = /\bmatroska\b/;
/** Of tracks that begin later at once. Seconds. */
const LATE = 0.2;

/**
 * When tracks begin that were read from later on than they seemed to begin, where headers do not say it: seconds of the title,
 * by FFmpeg's index. Throws `tool-missing`, and the signal's reason.
 */
export async function findStarts(
  plan: EncodePlan,
  made: ReadonlyMap<string, MadeRendition>,
  address: InputAddress,
  tools: Toolbox,
  signal?: AbortSignal,
): Promise<Map<number, number>> {
  const starts = new Map<number, number>();
  const { input, timeline, picture } = plan;
  if (!NO_STARTS.test(input.format)) return starts;
  for (const rendition of plan.renditions) {
    const read = made.get(rendition.id)?.read;
    const track = rendition.kind === 'audio' ? rendition.trackIndex : picture?.trackIndex;
    if (!read || track === undefined || starts.has(track) || (read.first ?? 0) < LATE * read.rate) continue;
    const time = await readFirstTime(address, tools, track, signal);
    if (time !== null) starts.set(track, time - timeline.originSeconds);
  }
  return starts;
}
