import type { PacketTimes } from '../../tools/ffprobe-packets.js';

/** Packets of one track over which its clock runs on. Times are the container's own, seconds. */
export interface Run {
  /** Runs of an era share one clock; a clock that falls back begins the next. */
  readonly era: number;
  /** Of all runs, in the order in which they begin in the file. */
  readonly order: number;
  packets: number;
  /** First and last time shown, and where the last picture or sound ends. */
  first: number;
  last: number;
  end: number;
  /** The clock by which it is seen to run on: decode times, or where there are none the times shown. */
  clock: number;
  /** The clock is one of decode times. Before the first of them, FFmpeg may know none. */
  isDecodeClock: boolean;
  step: number;
  /** A few packets with a wrong time among others: the run after it goes on with the clock of the one before it. */
  isStray: boolean;
}

/** Runs by FFmpeg's stream index; `tooMany`: so many that they are no clock any more. */
export interface PacketRuns {
  readonly runs: ReadonlyMap<number, readonly Run[]>;
  readonly tooMany: boolean;
}

/** A clock that falls back by more has been set anew; FFmpeg takes a tenth of a second too. Seconds. */
const BACK = 0.1;
/** Where only the times shown are known, B-pictures make them go back and forth. Seconds. */
const BACK_SHOWN = 1;
/** A clock that leaps ahead by more is looked at; FFmpeg's own bound (dts_delta_threshold). Seconds. */
export const AHEAD = 10;
/** How near a clock must come to where it was to be taken for the old one again. Seconds. */
const RETURN = 1;
const STRAY_PACKETS = 50;
/** Of a track: more are not a clock. Bounds memory, and the length of FFmpeg's arguments. */
const MOST_RUNS = 400;

export interface RunCollector {
  add(packet: PacketTimes): void;
  result(): PacketRuns;
}

/**
 * Follows the clocks of a source's tracks, packet by packet. `newTracksMayRestart`: a track that first appears in
 * mid-file may come with a clock of its own (transport streams that were joined).
 */
export function collectRuns(newTracksMayRestart: boolean): RunCollector {
  const runs = new Map<number, Run[]>();
  let era = 0;
  let latest = -Infinity;
  let order = 0;
  let tooMany = false;
  const begin = (track: Run[], packet: PacketTimes, time: number, inEra: number): void => {
    if (track.length >= MOST_RUNS) {
      tooMany = true;
      return;
    }
    const shown = packet.pts ?? time;
    const times = { first: shown, last: shown, end: shown, clock: time, step: 0 };
    const isDecodeClock = packet.dts !== null;
    track.push(Object.assign(times, { era: inEra, order: order++, packets: 0, isStray: false, isDecodeClock }));
  };
  return {
    add(packet) {
      const time = packet.dts ?? packet.pts;
      if (time === null || tooMany) return;
      const track = runs.get(packet.stream) ?? [];
      runs.set(packet.stream, track);
      const now = track.at(-1);
      const back = packet.dts !== null && now?.isDecodeClock === true ? BACK : BACK_SHOWN;
      if (!now) {
        if (newTracksMayRestart && time < latest - RETURN) {
          era += 1;
          latest = -Infinity;
        }
        begin(track, packet, time, era);
      } else if (time < now.clock - back || time > now.clock + now.step + AHEAD) {
        const before = track.at(-2);
        if (before && now.packets <= STRAY_PACKETS && returnsTo(before, time)) {
          now.isStray = true;
          begin(track, packet, time, before.era);
        } else {
          if (time < now.clock && now.era === era) era += 1;
          begin(track, packet, time, era);
        }
        latest = -Infinity;
      }
      const run = track.at(-1);
      if (run) extend(run, packet, time);
      latest = Math.max(latest, time);
    },
    result: () => ({ runs, tooMany }),
  };
}

function returnsTo(before: Run, time: number): boolean {
  return time > before.clock - BACK && time < before.clock + before.step + RETURN;
}

function extend(run: Run, { pts, dts, duration }: PacketTimes, time: number): void {
  const shown = pts ?? time;
  const step = time - run.clock;
  if (step > 0 && step < AHEAD) run.step = step;
  run.packets += 1;
  if (dts !== null && !run.isDecodeClock) {
    run.clock = time;
    run.isDecodeClock = true;
  } else if (dts !== null || !run.isDecodeClock) {
    run.clock = Math.max(run.clock, time);
  }
  run.first = Math.min(run.first, shown);
  run.last = Math.max(run.last, shown);
  run.end = Math.max(run.end, shown + (duration !== null && duration > 0 ? duration : run.step));
}
