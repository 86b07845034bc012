import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipName } from '../../../fixtures/clips.js';
import { smallLadder } from '../../../fixtures/ladders.js';
import { onsetsOf, type Onset } from '../../support/onsets.js';
import { syncMarks } from '../../support/sync-marks.js';
import { runMediactl } from '../run.js';

const run = promisify(execFile);

/** Sound to the sample: where each beep is, and how loud it is on either side. */

let root = '';
beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl sound '));
  await fs.writeFile(path.join(root, 'ladder.json'), JSON.stringify(smallLadder(90)));
});
afterAll(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

/** The master playlist of the title made of a clip. */
async function encode(name: ClipName, ...args: readonly string[]): Promise<string> {
  const folder = path.join(root, name);
  const ladder = path.join(root, 'ladder.json');
  const { exitCode, stderr } = await runMediactl([
    'encode',
    await clip(name),
    '-o',
    folder,
    '--ladder',
    ladder,
    ...args,
  ]);
  expect(exitCode, stderr).toBe(0);
  return path.join(folder, 'master.m3u8');
}

/** Each beep comes a second after the one before it, to 10 ms, wherever in the sound; the first `late` after 0 at most. */
function expectInStep(onsets: readonly Onset[], count: number, late = 0.06): void {
  const times = onsets.map(({ time }) => time);
  expect(times).toHaveLength(count);
  const [first = Infinity] = times;
  expect(first).toBeLessThan(late);
  for (const [index, time] of times.entries()) expect(Math.abs(time - first - index), `${times}`).toBeLessThan(0.01);
}

const sides = (onsets: readonly Onset[]): string[] =>
  onsets.map(({ left, right }) => `${left > 0.1 ? 'left' : ''}${right > 0.1 ? 'right' : ''}`);

describe('sound that changes in mid-stream goes on in its time', () => {
  test.concurrent('from 5.1 to two channels, with the picture', async () => {
    const master = await encode('changing51');
    const [{ onsets, seconds }, { flashes }] = await Promise.all([onsetsOf(master), syncMarks(master)]);
    expectInStep(onsets, 7);
    expect(seconds).toBeGreaterThan(6.35);
    expect(seconds).toBeLessThan(6.5);
    expect(flashes).toHaveLength(7);
    expect(sides(onsets)).toEqual(Array.from({ length: 7 }, () => 'left'));
    // Neither is folded to another level.
    for (const { left } of onsets) expect(left / 0.8).toBeCloseTo(1, 0);
  });

  test.concurrent.each(['changingMp3', 'changingAdts'] as const)('mono, stereo, mono: %s', async (name) => {
    const { onsets, seconds } = await onsetsOf(await encode(name));
    expectInStep(onsets, Math.ceil(seconds - 0.1));
    const stereo = onsets.filter(({ right }) => right < 0.1);
    expect(stereo.length).toBeGreaterThan(1);
    expect(stereo.length).toBeLessThan(onsets.length - 3);
    // One channel becomes two of its own level.
    for (const { left, right } of onsets) {
      expect(left).toBeGreaterThan(0.7);
      if (right > 0.1) expect(Math.abs(left - right)).toBeLessThan(0.02);
    }
  });
});

test.concurrent('after each small gap the sound is in step again, to 10 ms', async () => {
  const { onsets } = await onsetsOf(await encode('gaps'));
  expectInStep(onsets, 6);
});

/** Which of 440 and 880 Hz is heard on a side, by what a band of the other leaves of it. */
async function pitches(master: string): Promise<string[]> {
  const sides = ['c0', 'c1'].map(async (side) => {
    const level = async (hertz: number): Promise<number> => {
      const filters = `pan=mono|c0=${side},bandpass=f=${hertz}:width_type=q:w=8,volumedetect`;
      const args = ['-nostdin', '-i', master, '-map', '0:a:0', '-af', filters, '-f', 'null', '-'];
      const { stderr } = await run('ffmpeg', args);
      return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
    };
    const [low, high] = await Promise.all([level(440), level(880)]);
    if (Math.max(low, high) < -50) return 'silent';
    return low > high ? '440' : '880';
  });
  return Promise.all(sides);
}

test.concurrent('two tracks of one channel are left and right; --audio-tracks turns them round', async () => {
  expect(await pitches(await encode('twoMono'))).toEqual(['440', '880']);
  expect(await pitches(await encode('twoMono', '--audio-tracks', '2+1:en', '--force'))).toEqual(['880', '440']);
});

test.concurrent('of sixteen channels the first two are heard', async () => {
  expect(await pitches(await encode('sixteen'))).toEqual(['440', 'silent']);
});
