import fs from 'node:fs/promises';

/** Looks at processes through /proc (Linux). */

/** Live processes that were started with `mark` ("NAME=value") in their environment. */
export async function processesWith(mark: string): Promise<number[]> {
  const pids = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await fs.readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(mark);
    }),
  );
  return pids.filter((_, i) => found[i]).map(Number);
}

export async function commandLine(pid: number): Promise<string> {
  const text = await fs.readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0').join(' ');
}

/** Of these processes, the one whose command line matches; waits for nothing. */
export async function whichRuns(pids: readonly number[], pattern: RegExp): Promise<number | undefined> {
  for (const pid of pids) if (pattern.test(await commandLine(pid))) return pid;
  return undefined;
}

/** Peak resident memory so far, bytes; 0 when the process is gone. */
export async function peakMemory(pid: number): Promise<number> {
  const status = await fs.readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
