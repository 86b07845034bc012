import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { steadyRuns, steadyTimes } from '../../../src/tools/ffmpeg/audio-times.js';

const run = promisify(execFile);
const RATE = 48_000;
/** Frames of 20 ms. */
const FRAME = 960;

/**
 * Times that the filter gives to frames of 20 ms: frame number `n` comes `off` ms after its own time. That steadyRuns says the
 * same is seen on the way.
 */
async function timesOf(frames: number, off: string): Promise<number[]> {
  // asetpts counts samples.
  const shaken = `asetpts='PTS+round(48*(${off.replaceAll(/\bn\b/g, `(N/${FRAME})`)}))'`;
  const filters = `asetnsamples=${FRAME},${shaken},ashowinfo@before,${steadyTimes(RATE)},ashowinfo@after`;
  const input = ['-f', 'lavfi', '-i', `anullsrc=r=${RATE}:d=${(frames * FRAME) / RATE}`];
  const { stderr } = await run('ffmpeg', ['-nostdin', '-nostats', ...input, '-af', filters, '-f', 'null', '-']);
  const shown = [...stderr.matchAll(/ashowinfo@(before|after) @ .* n:\d+ pts:(-?\d+)/g)];
  const timesAt = (where: string): number[] => shown.flatMap(([, at, time]) => (at === where ? [Number(time)] : []));
  const times = timesAt('after');
  expect(times).toHaveLength(frames);
  const steady = steadyRuns(RATE);
  expect(timesAt('before').map((start) => steady({ start, samples: FRAME }).start)).toEqual(times);
  return times;
}

/** Where a frame does not begin where the one before it ends: its number, and by how many ms. */
function jumpsOf(times: readonly number[]): [number, number][] {
  return times.flatMap((time, i): [number, number][] => {
    const due = (times[i - 1] ?? time - FRAME) + FRAME;
    return time === due ? [] : [[i, (time - due) / 48]];
  });
}

describe('steadyTimes', () => {
  it('leaves whole sound whole: exact times, rounded ones, and such as are off by a few ms', async () => {
    for (const off of ['0', 'mod(n,3)/2', '4*sin(n)']) expect(jumpsOf(await timesOf(300, off))).toEqual([]);
  });

  it('closes a small gap at once, one after the other', async () => {
    expect(jumpsOf(await timesOf(300, '20*gte(n,100)+80*gte(n,110)+45*gte(n,200)'))).toEqual([
      [100, 20],
      [110, 80],
      [200, 45],
    ]);
  });

  it('cuts what is said twice', async () => {
    expect(jumpsOf(await timesOf(300, '-25*gte(n,100)'))).toEqual([[100, -25]]);
  });

  it('is within 10 ms where many gaps below that add up', async () => {
    const times = await timesOf(300, '3*floor(n/20)');
    for (const [i, time] of times.entries()) {
      expect(Math.abs(time - FRAME * i - 48 * 3 * Math.floor(i / 20))).toBeLessThanOrEqual(480);
    }
  });

  it('does not follow times that shake, but for the first few frames', async () => {
    const jumps = jumpsOf(await timesOf(2000, '18*sin(n*2.3)'));
    expect(jumps.filter(([frame]) => frame > 10)).toEqual([]);
    expect(jumps.length).toBeLessThan(6);
  });

  it('finds, after half a second, what has moved for good in times that shake', async () => {
    const times = await timesOf(600, '14*sin(n*2.3)+60*gte(n,300)');
    const after = times.slice(330).map((time, i) => (time - FRAME * (330 + i)) / 48 - 60);
    expect(Math.max(...after.map(Math.abs))).toBeLessThan(20);
    expect(jumpsOf(times).filter(([frame]) => frame > 10).length).toBeLessThan(3);
  });

  it('takes a frame without a time of its own, a sample after the one before, for the next', async () => {
    expect(jumpsOf(await timesOf(150, `-eq(n,100)*${(FRAME - 1) / 48}`))).toEqual([]);
  });
});
