/*
 * The program behind guard(): reads "+pid" and "-pid" lines; when its input ends, the process that started it
 * is gone, and whatever is still on the list is killed.
 */
import { createInterface } from 'node:readline';
import { descendants } from './process-state.js';

const alive = new Set<number>();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith('+')) alive.add(pid);
    else alive.delete(pid);
  })
  .on('close', () => {
    for (const pid of [...alive].flatMap((each) => [...descendants(each), each])) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // already gone
      }
    }
    process.exit(0);
  });
