import type { SoundRun } from '../../model/meter.js';

/**
 * A filter graph's beginning that writes the time of each of a track's frames to a file descriptor and leaves the frames as
 * they are; what follows goes on behind it. `untilSeconds`: no frame after that is waited for; null: to the end of the source.
 */
export function measurePictures(fd: number, untilSeconds: number | null): string {
  const until = untilSeconds === null ? '' : `trim=end=${untilSeconds.toFixed(6)},`;
  // The second branch alone changes its time base: pts_time has six digits, pts all of them.
  const print = `metadata=mode=add:key=m:value=1,metadata=mode=print:file=pipe\\\\:${fd}`;
  return `split=2[read][measured];[measured]${until}settb=1/1000000,${print},nullsink;[read]`;
}

/** The time that a line of measurePictures tells, µs; null: it tells none. */
export function pictureTime(line: string): number | null {
  const time = /^frame:\d+\s+pts:(-?\d+)/.exec(line)?.[1];
  return time === undefined ? null : Number(time);
}

/** Output arguments that write the time and size of each packet of sound to a file descriptor. */
export function measureSound(fd: number): string[] {
  return ['-map', '0:0', '-c', 'copy', '-f', 'framecrc', `pipe:${fd}`];
}

/** Bytes of a sample of one channel as it goes through the pipe (pcm_f32le). */
const SAMPLE_BYTES = 4;

/** What a line of measureSound tells, from the start of the pipe; null: nothing. */
export function soundRun(line: string, channels: number): SoundRun | null {
  const [, start, , bytes] = /^0,\s*(?:-?\d+),\s*(-?\d+),\s*(\d+),\s*(\d+),/.exec(line) ?? [];
  if (start === undefined || bytes === undefined) return null;
  return { start: Number(start), samples: Number(bytes) / SAMPLE_BYTES / channels };
}
