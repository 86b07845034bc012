/*
 * The program behind guard(): reads "+pid" and "-pid" lines; when its input ends, the process that started it
 * is gone, and whatever is still on the list or bears the mark ("NAME=value", its argument) is killed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

// A process that was just being started bears the mark a moment later.
const SECOND_LOOK_MS = 200;

const mark = process.argv[2] ?? '';
const listed = new Set<number>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) listed.add(pid);
    else listed.delete(pid);
  })
  .on('close', () => {
    killAll([...listed, ...marked()]);
    setTimeout(() => killAll(marked()), SECOND_LOOK_MS);
  });

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // already gone
    }
  }
}

/** Processes with the mark in their environment; none where there is no /proc. */
function marked(): number[] {
  if (mark === '') return [];
  return listProcesses().filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(mark);
    } catch {
      return false; // gone, or another user's
    }
  });
}

function listProcesses(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
