import { MediactlError } from '../../errors.js';
import { printable } from '../../model/text.js';
import type { Holder } from './lock-holder.js';
import type { ProcessIdentity } from './process-identity.js';

/** The error for the second of two runs on one destination: who holds it, since when, and what to do. */
export function busy(destination: string, holder: Holder, self: ProcessIdentity): MediactlError {
  const here = holder.host === self.host;
  const where = here ? '' : ` on ${printable(holder.host)}`;
  const wait = here
    ? `wait until it ends, or stop it (kill ${holder.pid})`
    : 'wait until it ends; if that machine is gone, its lock expires one minute after its last sign of life';
  return new MediactlError('output-busy', `${printable(destination)} is in use by another run of mediactl`, {
    reason: `process ${holder.pid}${where} has been using it since ${printable(since(holder.startedAt))}: ${printable(holder.command)}`,
    hint: `${wait}; or choose another destination`,
  });
}

/** The error for a run that another one took for dead. */
export function lostTo(destination: string): MediactlError {
  return new MediactlError('output-busy', `${printable(destination)} was taken over by another run of mediactl`, {
    reason: 'this run gave no sign of life for a minute (was the machine suspended?), so the other assumed it was dead',
    hint: 'leave it to the other run, or choose another destination',
  });
}

/** "2026-11-25 22:35" by the clock of this machine; what is no time, as it is. */
function since(startedAt: string): string {
  const date = new Date(startedAt);
  if (Number.isNaN(date.getTime())) return startedAt;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
