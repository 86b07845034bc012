import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A beep as it is heard: when it begins, seconds, and the largest sample of its first 30 ms on either side. */
export interface Onset {
  readonly time: number;
  readonly left: number;
  readonly right: number;
}

/** Samples per second of what is measured. */
const RATE = 48_000;
const LOUD = 0.1;
/** Between two beeps there is at least so much silence, seconds. */
const APART = 0.1;

/**
 * The beeps of a file's first sound (see `beeps` of the fixtures), to the sample, on FFmpeg's timeline of the input, and the
 * sound's length, seconds.
 */
export async function onsetsOf(file: string): Promise<{ onsets: Onset[]; seconds: number }> {
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    file,
    '-map',
    '0:a:0',
    '-ac',
    '2',
    '-ar',
    `${RATE}`,
    '-f',
    'f32le',
    '-',
  ];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 1 << 28 });
  const count = Math.floor(stdout.length / 8);
  const sample = (index: number, channel: 0 | 1): number => Math.abs(stdout.readFloatLE(index * 8 + channel * 4));
  const onsets: Onset[] = [];
  let lastLoud = -Infinity;
  for (let index = 0; index < count; index++) {
    if (Math.max(sample(index, 0), sample(index, 1)) < LOUD) continue;
    if (index - lastLoud > APART * RATE) onsets.push({ time: index / RATE, ...peaks(index) });
    lastLoud = index;
  }
  return { onsets, seconds: count / RATE };

  function peaks(from: number): { left: number; right: number } {
    const window = Array.from({ length: Math.min(0.03 * RATE, count - from) }, (_, i) => from + i);
    const peak = (channel: 0 | 1): number => Math.max(...window.map((index) => sample(index, channel)));
    return { left: peak(0), right: peak(1) };
  }
}
