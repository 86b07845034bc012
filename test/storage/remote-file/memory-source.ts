import { crc32cOf } from '../../../src/storage/crc32c.js';
import type { Pinned } from '../../../src/storage/remote-file/pinned.js';

export interface MemorySource extends Pinned {
  /** The ranges that were asked for. */
  readonly asked: [start: number, end: number][];
  /** Throws from the next fetch on. */
  break(error: Error): void;
  /** Holds all fetches back until it is called with false. */
  hold(isHeld: boolean): void;
}

/** A remote file that is in memory. */
export function memorySource(content: Buffer, changes: Partial<Pinned> = {}): MemorySource {
  const asked: [number, number][] = [];
  let broken: Error | null = null;
  let release = (): void => {};
  let held: Promise<void> = Promise.resolve();
  return {
    name: 'gs://media/movie.mp4',
    bytes: content.length,
    crc32c: crc32cOf(content),
    version: '1',
    modifiedMs: 1,
    asked,
    isLocal: false,
    async fetch(start, end, take) {
      asked.push([start, end]);
      await held;
      if (broken !== null) throw broken;
      for (let at = start; at < end; at += 10_000) {
        take(content.subarray(at, Math.min(end, at + 10_000)));
        await new Promise(setImmediate);
      }
    },
    trouble: () => null,
    check: () => Promise.resolve(),
    close: () => {},
    break: (error) => (broken = error),
    hold(isHeld) {
      release();
      if (isHeld) held = new Promise((resolve) => (release = resolve));
    },
    ...changes,
  };
}
