import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { inject } from 'vitest';

/**
 * How long a test may wait. No figure in seconds says that: a machine that does other work may be ten times slower
 * than the one on which the test was written. So limits are counts of one small encode, which test/global-setup.ts
 * measures when the run begins and again and again while it lasts.
 */

declare module 'vitest' {
  export interface ProvidedContext {
    /** JSON file with what the last small encodes took, milliseconds. */
    readonly paceFile: string;
  }
}

export interface Limit {
  /** Asked anew each time: a machine that has become slow since is given longer. */
  isOver(): boolean;
  /** For messages. */
  toString(): string;
}

/** What so many small encodes take now, milliseconds. On an idle machine of two cores one takes about 150. */
export function timeOfEncodes(count: number): number {
  const measured: unknown = JSON.parse(readFileSync(inject('paceFile'), 'utf8'));
  if (!Array.isArray(measured)) throw new Error('the pace was not measured');
  return Math.round(count * Math.max(LEAST_MS, ...measured.map(Number)));
}

/** For --stall-timeout, whole seconds: for so long nothing that works is silent now. */
export function stallSeconds(): number {
  return Math.ceil(timeOfEncodes(8) / 1000);
}

/** A limit that begins now. */
export function limitOfEncodes(count: number): Limit {
  const began = Date.now();
  return {
    isOver: () => Date.now() - began > timeOfEncodes(count),
    toString: () => `${Date.now() - began} ms, the time of ${count} small encodes`,
  };
}

/** Makes one: a second of picture and sound. Milliseconds. */
export async function measureEncode(): Promise<number> {
  const began = performance.now();
  await promisify(execFile)('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=1'],
    ...['-f', 'lavfi', '-i', 'sine=duration=1', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'],
    ...['-f', 'null', '-'],
  ]);
  return performance.now() - began;
}

// A fast machine gets no less than this: what is waited for is more than encoding.
const LEAST_MS = 100;
