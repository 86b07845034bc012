import { readFileSync } from 'node:fs';
import { MediactlError } from '../../errors.js';
import type { Group, Member } from './group.js';

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
 * Calls `onStall` once when no process of the group has got any further for `group.stallSeconds`. Time is
 * counted in ticks of this process's own clock, so a suspended machine or a stopped job is not a stall.
 */
export function watch(members: readonly Member[], group: Group, onStall: () => void): Watchdog {
  let idleSeconds = 0;
  let last = '';
  let verdict: Stall | null = null;
  const timer = setInterval(() => {
    const now = members.map((member) => liveness(member, group)).join(' ');
    idleSeconds = now === last ? idleSeconds + 1 : 0;
    last = now;
    if (verdict || idleSeconds < group.stallSeconds) return;
    verdict = stallOf(members, group.stallSeconds);
    onStall();
  }, 1000);
  return { stop: () => clearInterval(timer), verdict: () => verdict };
}

// Before the first output of a span that cannot be sought to, only the processor time tells work from silence.
function liveness(member: Member, { skipsAhead }: Group): string {
  const waiting = skipsAhead && member.frames === 0 && !member.ended;
  return `${member.position},${member.ended},${waiting ? processorTicks(member.pid) : ''}`;
}

function processorTicks(pid: number | undefined): string {
  try {
    // proc(5): utime and stime are fields 14 and 15; the second field may hold spaces and ends with ")".
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).join('+');
  } catch {
    // No /proc (macOS): do not call a long seek a stall.
    return String(Date.now());
  }
}

function stallOf(members: readonly Member[], seconds: number): Stall {
  const running = members.filter(({ ended }) => !ended);
  const encoders = running.filter(({ command }) => command.role !== 'decode');
  const decoder = running.find(({ command }) => command.role === 'decode');
  const slowest = encoders.toSorted((a, b) => a.frames - b.frames)[0];
  // One encoder behind the others holds them up through the decoder; all equal are waiting for it.
  const behind = slowest && encoders.some(({ frames }) => frames > slowest.frames) ? slowest : undefined;
  const member = behind ?? decoder ?? slowest ?? members[0];
  if (!member) throw new RangeError('an empty group cannot stall');
  const { label } = member.command;
  return {
    member,
    toError: (tail) =>
      new MediactlError('encode-stalled', `FFmpeg stood still for ${seconds} s and was stopped: ${label}`, {
        reason: `process ${member.pid ?? '?'} (${label}) made no progress; it had done ${member.frames} frames`,
        hint: 'run the same command again to go on where it stopped; --stall-timeout sets how long to wait',
        detail: tail,
      }),
  };
}
