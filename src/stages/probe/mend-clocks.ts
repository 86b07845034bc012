import type { ClockBreak, ClosedGap, SurveyedTrack } from '../../model/media.js';
import { toMicroseconds } from '../../model/seconds.js';
import { AHEAD, type PacketRuns, type Run } from './packet-runs.js';

/** What makes of clocks that break one timeline. */
export interface MendedClocks {
  readonly tracks: readonly SurveyedTrack[];
  readonly closedGaps: readonly ClosedGap[];
}

/**
 * Sets the runs of a source's tracks one after the other. All tracks of an era are moved alike, so that picture and sound
 * stay in step, and no further than where the last of them ended, so that nothing overlaps but the padding of the last
 * sound. What no track has for more than ten seconds is closed, where sound would go on (`sound`: its tracks), or where
 * clocks may leap (`mayLeap`).
 */
export function mendClocks({ runs }: PacketRuns, sound: ReadonlySet<number>, mayLeap: boolean): MendedClocks {
  const all = [...runs].flatMap(([index, track]) => track.map((run) => ({ index, run })));
  const offsets = new Map<Run, number>();
  const closedGaps: ClosedGap[] = [];
  const ends = new Map<number, number>();
  for (const era of [...new Set(all.map(({ run }) => run.era))].toSorted((a, b) => a - b)) {
    const members = all.filter(({ run }) => run.era === era && !run.isStray);
    const gaps = findGaps(members).filter((gap) => mayLeap || cutsSound(gap, members, sound));
    const closed = (run: Run): number => sum(gaps.filter((gap) => gap.end <= run.first).map(lengthOf));
    const offset = era === 0 ? 0 : eraOffset({ members, closed, ends, sound });
    for (const { index, run } of members.toSorted((a, b) => a.run.order - b.run.order)) {
      offsets.set(run, offset - closed(run));
      ends.set(index, Math.max(ends.get(index) ?? -Infinity, run.end + offset - closed(run)));
    }
    for (const [i, gap] of gaps.entries()) {
      const before = sum(gaps.slice(0, i).map(lengthOf));
      closedGaps.push({
        atSeconds: toMicroseconds(gap.start + offset - before),
        seconds: toMicroseconds(lengthOf(gap)),
      });
    }
  }
  const tracks = [...runs].flatMap(([index, track]) => toTrack(index, track, offsets));
  return { tracks: tracks.toSorted((a, b) => a.index - b.index), closedGaps };
}

interface Member {
  readonly index: number;
  readonly run: Run;
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Where no track has anything, in one era. */
function findGaps(members: readonly Member[]): Gap[] {
  const gaps: Gap[] = [];
  let end = Infinity;
  for (const { run } of members.toSorted((a, b) => a.run.first - b.run.first)) {
    if (run.first - end > AHEAD) gaps.push({ start: end, end: run.first });
    end = end === Infinity ? run.end : Math.max(end, run.end);
  }
  return gaps;
}

// A picture may stand still for minutes in a healthy recording; sound does not pause.
function cutsSound({ start, end }: Gap, members: readonly Member[], sound: ReadonlySet<number>): boolean {
  return [...sound].some((index) => {
    const own = members.filter((member) => member.index === index);
    return own.some(({ run }) => run.first <= start) && own.some(({ run }) => run.first >= end);
  });
}

interface Era {
  readonly members: readonly Member[];
  readonly closed: (run: Run) => number;
  /** Where each track has ended in the eras before. */
  readonly ends: ReadonlyMap<number, number>;
  readonly sound: ReadonlySet<number>;
}

/** Sound that outlasts the picture by less is cut off, as at the end of a title. Seconds. */
const PADDING = 0.1;

/** The least by which an era is to be moved so that none of its tracks begins before it ended in the eras before. */
function eraOffset({ members, closed, ends, sound }: Era): number {
  const firsts = new Map<number, number>();
  for (const { index, run } of members) {
    const first = run.first - closed(run);
    firsts.set(index, Math.min(firsts.get(index) ?? Infinity, first));
  }
  const wanted = [...firsts].flatMap(([index, first]) => {
    const end = ends.get(index);
    return end === undefined ? [] : [{ index, offset: end - first }];
  });
  const pictures = wanted.filter(({ index }) => !sound.has(index));
  const all = Math.max(...wanted.map(({ offset }) => offset));
  const ofPictures = Math.max(...pictures.map(({ offset }) => offset));
  // A picture that goes on at once: a tenth of a second of sound is not worth a frame that is shown twice.
  if (wanted.length > 0) return all - ofPictures < PADDING ? ofPictures : all;
  return Math.max(0, ...ends.values()) - Math.min(...firsts.values());
}

function toTrack(index: number, runs: readonly Run[], offsets: Map<Run, number>): SurveyedTrack[] {
  const breaks: ClockBreak[] = [];
  let before: Run | null = null;
  for (const run of runs) {
    if (before && run.isStray) offsets.set(run, before.end + (offsets.get(before) ?? 0) - run.first);
    const offset = offsets.get(run) ?? 0;
    if (before && toMicroseconds(offset) !== toMicroseconds(offsets.get(before) ?? 0)) {
      breaks.push({
        afterSeconds: toMicroseconds(before.end),
        jumpSeconds: toMicroseconds(run.first - before.last),
        offsetSeconds: toMicroseconds(offset),
      });
    }
    before = run;
  }
  const whole = runs.filter((run) => !run.isStray);
  const [first] = runs;
  if (!first || whole.length === 0) return [];
  return [
    {
      index,
      packets: sum(runs.map((run) => run.packets)),
      startSeconds: toMicroseconds(Math.min(...whole.map((run) => run.first + (offsets.get(run) ?? 0)))),
      endSeconds: toMicroseconds(Math.max(...whole.map((run) => run.end + (offsets.get(run) ?? 0)))),
      parts: [{ index, offsetSeconds: toMicroseconds(offsets.get(first) ?? 0), breaks }],
    },
  ];
}

function lengthOf({ start, end }: Gap): number {
  return end - start;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
