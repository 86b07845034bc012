import { MediactlError } from '../../errors.js';
import { processorTicks, processState } from '../../tools/process-state.js';
import type { GroupOptions, Member } from './member.js';

export interface Stall {
  readonly member: Member;
  readonly toError: (tail: readonly string[]) => MediactlError;
}

export interface Watchdog {
  stop(): void;
  /** What stood still, or null. */
  verdict(): Stall | null;
}

/**
 * Calls `onStall` once when a group has not got any further for `stallSeconds`, or when one process of a
 * group in which none waits for another has neither got further nor used the processor for that long. Time is
 * counted in ticks of this process's own clock, so a suspended machine or a stopped job is not a stall; it stands still
 * while the group is suspended because its output is not fetched. `members` may grow meanwhile.
 */
export function watch(members: readonly Member[], options: GroupOptions, onStall: () => void): Watchdog {
  const whole = createIdleCount();
  const alone = new Map<Member, (now: string) => number>();
  let verdict: Stall | null = null;
  const blameStall = (member: Member): void => {
    if (verdict) return;
    verdict = stallOf(member, options.stallSeconds);
    onStall();
  };
  const timer = setInterval(() => {
    if (options.gate.isShut) return;
    const running = members.filter(({ ended }) => !ended);
    const idle = whole(members.map((member) => liveness(member, options)).join(' '));
    if (idle > options.stallSeconds) {
      const culprit = guilty(running) ?? members[0];
      if (culprit) blameStall(culprit);
    }
    if (members.some(({ command }) => command.writesTo.length > 0)) return;
    for (const member of running) {
      const count = alone.get(member) ?? createIdleCount();
      alone.set(member, count);
      if (count(`${member.position},${workDone(member)}`) > options.stallSeconds) blameStall(member);
    }
  }, TICK_MS);
  return { stop: () => clearInterval(timer), verdict: () => verdict };
}

const TICK_MS = 1000;

/** Counts for how many ticks a text has stayed the same. */
function createIdleCount(): (now: string) => number {
  let last: string | null = null;
  let idle = 0;
  return (now) => {
    idle = now === last ? idle + 1 : 0;
    last = now;
    return idle;
  };
}

// Before the first output of a span that cannot be sought to, only the processor time tells work from silence.
function liveness(member: Member, { skipsAhead }: GroupOptions): string {
  const waiting = skipsAhead && member.frames === 0 && !member.ended;
  return `${member.position},${member.ended},${waiting ? workDone(member) : ''}`;
}

/** Where the system does not say (macOS), a long silence is not called a stall. */
function workDone({ pid }: Member): number {
  return (pid === undefined ? null : processorTicks(pid)) ?? Date.now();
}

/**
 * Who holds the others up. A stopped process does. Else encoders that wait for pictures are waiting for the
 * decoder; one that does not is the one the decoder is waiting for. Where the system does not tell, the
 * encoder that is behind the others.
 */
function guilty(running: readonly Member[]): Member | undefined {
  const states = new Map(running.map((member) => [member, member.pid === undefined ? null : processState(member.pid)]));
  const stopped = running.find((member) => states.get(member) === 'stopped');
  if (stopped) return stopped;
  const decoder = running.find(({ command }) => command.role === 'decode');
  const encoders = running.filter(({ command }) => command.role !== 'decode');
  if (decoder && encoders.some((encoder) => states.get(encoder) === 'waiting-for-input')) {
    return encoders.find((encoder) => states.get(encoder) === 'other') ?? decoder;
  }
  const slowest = encoders.toSorted((a, b) => a.frames - b.frames)[0];
  const behind = slowest && encoders.some(({ frames }) => frames > slowest.frames) ? slowest : undefined;
  return behind ?? decoder ?? slowest;
}

function stallOf(member: Member, seconds: number): Stall {
  const { label } = member.command;
  return {
    member,
    toError: (tail) =>
      new MediactlError('encode-stalled', `FFmpeg made no progress for ${seconds} s and was stopped: ${label}`, {
        reason: `process ${member.pid ?? '?'} (${label}) had encoded ${member.frames} frames`,
        hint: 'run the same command again: finished chunks are kept; --stall-timeout sets how long to wait',
        detail: tail,
      }),
  };
}
