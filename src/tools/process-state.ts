import { readdirSync, readFileSync } from 'node:fs';

/** What a process is doing, as far as the system tells. */
export type ProcessState = 'stopped' | 'waiting-for-input' | 'other';

/**
 * `stopped`: suspended by a signal or a debugger; `waiting-for-input`: one of its threads waits for something to
 * read from a pipe. Null where the system does not say (no /proc, the process is gone).
 */
export function processState(pid: number): ProcessState | null {
  const fields = statFields(pid);
  if (!fields) return null;
  if (fields[0] === 'T' || fields[0] === 't') return 'stopped';
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    // "pipe_read", since Linux 6.11 "anon_pipe_read"; "0" where it is not told.
    const waits = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/wchan`, 'utf8'));
    return waits.some((wait) => wait.includes('pipe_read') || wait.includes('pipe_wait'))
      ? 'waiting-for-input'
      : 'other';
  } catch {
    return null;
  }
}

/** Processor time used so far, in ticks that only compare with each other; null where the system does not say. */
export function processorTicks(pid: number): number | null {
  const fields = statFields(pid);
  // utime and stime, fields 14 and 15 of proc(5).
  return fields ? Number(fields[11]) + Number(fields[12]) : null;
}

/** What a process has started, and what that has started: a wrapper script's real program. Empty where unknown. */
export function descendants(pid: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

/** Fields of /proc/<pid>/stat from the third on (state); the second may hold spaces and ends with ")". */
function statFields(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
