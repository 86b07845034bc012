/** Measuring whole commands: CPU and wall time by bash's own `time`, which counts all waited-for children. */
/**
 * @typedef {{ cpu: number, wall: number, peakBytes: number }} Sample seconds, seconds, bytes
 * @typedef {{ what: string, value: string, wanted?: string, note?: string }} Row of the table
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Runs a command to its end. Gives user + system CPU seconds of it and its children, wall seconds, and the peak
 * resident memory of the command's own process in bytes (Linux; NaN elsewhere). Throws when it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<Sample>}
 */
export async function measure(program, args) {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@"';
  const child = spawn('bash', ['-c', script, 'time', program, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr = (stderr + chunk).slice(-10_000)));
  let peak = NaN;
  const poll = setInterval(() => (peak = Math.max(peak || 0, peakOfChild(child.pid) || 0)), 50);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(poll);
  if (code !== 0)
    throw new Error(`${program} ${args.slice(0, 6).join(' ')} … ended with ${code}:\n${stderr.slice(-2000)}`);
  const [user = NaN, system = NaN, wall = NaN] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpu: user + system, wall, peakBytes: peak };
}

/**
 * The command is the only child of bash.
 * @param {number | undefined} bash
 */
function peakOfChild(bash) {
  try {
    const child = readFileSync(`/proc/${bash}/task/${bash}/children`, 'utf8').trim().split(' ')[0];
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return NaN;
  }
}

/**
 * Several at once: CPU added up, wall from the first start to the last end.
 * @param {readonly (readonly [string, readonly string[]])[]} commands
 * @returns {Promise<Sample>}
 */
export async function measureTogether(commands) {
  const started = performance.now();
  const all = await Promise.all(commands.map(([program, args]) => measure(program, args)));
  return {
    cpu: all.reduce((sum, { cpu }) => sum + cpu, 0),
    wall: (performance.now() - started) / 1000,
    peakBytes: NaN,
  };
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}
