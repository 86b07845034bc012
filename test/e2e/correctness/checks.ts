import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { colorAt } from '../../support/ffprobe.js';
import { syncMarks } from '../../support/sync-marks.js';
import type { SeenTitle } from '../seen-title.js';
import type { Expected } from './titles.js';

/** What is to be seen and heard of a title, beside the rules that hold for all. */

const run = promisify(execFile);

export function checkPicture({ rungs }: SeenTitle, { rate, sizes, frames, matrix }: Expected): void {
  expect(rungs.length > 0).toBe(rate !== null);
  if (sizes !== undefined) {
    expect(rungs.map(({ stream }) => `${stream['width']}x${stream['height']}`).join(' ')).toBe(sizes);
  }
  const [least, most] = typeof frames === 'number' ? [frames, frames] : (frames ?? [1, Infinity]);
  for (const { ticks } of rungs) {
    expect(ticks.length).toBeGreaterThanOrEqual(least);
    expect(ticks.length).toBeLessThanOrEqual(most);
  }
  if (matrix !== undefined) for (const { stream } of rungs) expect(stream['color_space']).toBe(matrix);
}

export function checkSound({ rungs, audio }: SeenTitle, { sound }: Expected): void {
  const named = audio.map(
    ({ attributes: { LANGUAGE, NAME, DEFAULT } }) => `${LANGUAGE} ${NAME}${DEFAULT === 'YES' ? '*' : ''}`,
  );
  if (rungs.length === 0) expect(audio.length).toBeGreaterThan(0);
  if (rungs.length > 0 || audio.length > 1) expect(named).toEqual(sound ?? ['und Audio*']);
}

export async function checkCorners({ rungs }: SeenTitle, tolerance: number): Promise<void> {
  for (const { segments, stream } of rungs) {
    const [width, height] = [Number(stream['width']) / 2, Number(stream['height']) / 2];
    for (const [x, y, wanted] of [
      [0, 0, [255, 0, 0]],
      [1, 0, [0, 255, 0]],
      [0, 1, [0, 0, 255]],
      [1, 1, [255, 255, 255]],
    ] as const) {
      // Well inside the quarter.
      const region = { x: (x + 0.25) * width, y: (y + 0.25) * height, width: width / 2, height: height / 2 };
      const seen = await colorAt(segments[0]?.file ?? '', region);
      const off = Math.max(...seen.map((value, i) => Math.abs(value - (wanted[i] ?? 0))));
      expect(off, `${width * 2}x${height * 2}: ${seen.join()} for ${wanted.join()}`).toBeLessThanOrEqual(tolerance);
    }
  }
}

export async function checkGrey({ rungs }: SeenTitle, [least, most]: readonly [number, number]): Promise<void> {
  for (const { segments } of rungs) {
    const seen = await colorAt(segments[0]?.file ?? '', { x: 40, y: 20, width: 80, height: 50 });
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(least);
    expect(Math.max(...seen)).toBeLessThanOrEqual(most);
  }
}

/** FFmpeg counts a track's times from its first packet: of the sound, one AAC frame of priming before 0. */
const PRIMING = 1024 / 48_000;
/** RULES: in sync within 40 ms; half a frame of it is the grid's. */
const SYNC = 0.04;

export async function checkMarks(folder: string, { flashes = [], beeps = [] }: Expected): Promise<void> {
  const marks = await syncMarks(path.join(folder, 'master.m3u8'));
  const heard = marks.beeps.map((time) => time - PRIMING);
  for (const time of flashes) expect(distance(marks.flashes, time), `${marks.flashes} for ${time}`).toBeLessThan(SYNC);
  for (const time of beeps) expect(distance(heard, time), `${heard} for ${time}`).toBeLessThan(SYNC);
  for (const flash of marks.flashes.filter((time) => distance(beeps, time) < 0.2)) {
    expect(distance(heard, flash), `${heard} for a flash at ${flash}`).toBeLessThan(SYNC);
  }
}

function distance(times: readonly number[], wanted: number): number {
  return Math.min(...times.map((time) => Math.abs(time - wanted)));
}

/** Of the rung at the source's own height: in a smaller one lines are mixed anyway. */
export async function checkFields(source: string, { rungs }: SeenTitle): Promise<void> {
  expect(await interlacedShare(source)).toBeGreaterThan(0.5);
  expect(await interlacedShare(rungs[0]?.segments[0]?.file ?? '')).toBeLessThan(0.15);
}

/** Share of the pictures in which FFmpeg's idet sees the comb of two fields. */
async function interlacedShare(file: string): Promise<number> {
  const { stderr } = await run('ffmpeg', ['-nostdin', '-i', file, '-map', '0:v:0', '-vf', 'idet', '-f', 'null', '-']);
  const found = /Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+) Undetermined:\s*(\d+)/.exec(
    stderr,
  );
  const [tff = 0, bff = 0, progressive = 0, unknown = 0] = (found ?? []).slice(1).map(Number);
  return (tff + bff) / (tff + bff + progressive + unknown);
}

/** Of the first sound, dB of full scale. */
export async function volume(file: string): Promise<{ mean: number; max: number }> {
  const args = ['-nostdin', '-i', file, '-map', '0:a:0', '-af', 'volumedetect', '-f', 'null', '-'];
  const { stderr } = await run('ffmpeg', args);
  const figure = (name: string) => Number(new RegExp(`${name}_volume: (-?[\\d.]+) dB`).exec(stderr)?.[1]);
  return { mean: figure('mean'), max: figure('max') };
}
