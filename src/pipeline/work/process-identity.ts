import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { hasErrorCode } from '../../errors.js';

/** A process that can be told from every other one, also after its number was given to another. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  /** Linux: changes at each boot; null elsewhere. */
  readonly bootId: string | null;
  /** Linux: containers on one machine have numbers of their own; null elsewhere. */
  readonly pidNamespace: string | null;
  /** Linux: field 22 of /proc/<pid>/stat, clock ticks since boot; null elsewhere. */
  readonly startTime: string | null;
}

export function currentProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    host: hostname(),
    bootId: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
    startTime: readStat(process.pid)?.startTime ?? null,
  };
}

/** Last sign of life of a process, and now, both by the clock of the disk it shows on; ms since the epoch. */
export interface SignOfLife {
  readonly lastMs: number;
  readonly nowMs: number;
}

/** A process on another machine is taken for dead after this long without a sign of life. */
export const SILENCE_MS = 60_000;

/**
 * Whether `other` has ended. Certain for a process of this machine that we can see; for one on another machine (or
 * in another container) by its silence.
 */
export function hasEnded(other: ProcessIdentity, life: SignOfLife, self = currentProcess()): boolean {
  const silent = life.nowMs - life.lastMs > SILENCE_MS;
  if (other.bootId !== self.bootId) {
    // This machine after a reboot, or another one of the same name: only signs from before our boot tell.
    return silent || (other.host === self.host && life.lastMs < bootedAtMs());
  }
  if (other.bootId !== null) return other.pidNamespace === self.pidNamespace ? !isRunning(other) : silent;
  if (other.host !== self.host) return silent;
  return life.lastMs < bootedAtMs() || !isRunning(other);
}

function isRunning(other: ProcessIdentity): boolean {
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (!hasErrorCode(error, 'EPERM')) return false;
  }
  const stat = readStat(other.pid);
  // Not Linux, or /proc hides other users' processes.
  if (!stat || other.startTime === null) return true;
  return stat.startTime === other.startTime && !'ZX'.includes(stat.state);
}

/** A killed process whose parent has not noticed yet still has a number; its state says Z. */
function readStat(pid: number): { readonly state: string; readonly startTime: string } | null {
  const text = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in parentheses and may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTime = fields?.[19];
  return state !== undefined && startTime !== undefined ? { state, startTime } : null;
}

function bootedAtMs(): number {
  // Two seconds of grace for what clocks disagree.
  return Date.now() - uptime() * 1000 - 2000;
}

function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
