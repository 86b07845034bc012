import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY_LADDER } from '../../fixtures/ladders.js';
import { beeps } from '../../fixtures/recipe.js';
import { onsetsOf } from '../support/onsets.js';
import { runMediactl } from './run.js';

/** --start and --end: pictures that are counted by their brightness, and a beep at each whole second. 25 fps, 48 kHz. */

const run = promisify(execFile);
const SECONDS = 8;
let folder = '';
let ladder = '';
let whole = { onsets: [NaN], frames: [NaN] };

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-part-'));
  ladder = path.join(folder, 'ladder.json');
  await fs.writeFile(ladder, JSON.stringify(TINY_LADDER));
  const counted = `color=black:size=160x90:rate=25:duration=${SECONDS},geq=lum='16+16*mod(N,${STEPS})':cb=128:cr=128`;
  const source = path.join(folder, 'source.mp4');
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', counted, ...beeps(SECONDS)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p', '-c:a', 'aac', source],
  ]);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', source, '-c', 'copy', path.join(folder, 'source.ts')]);
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-i', source, '-vn', '-c', 'copy', path.join(folder, 'source.m4a')]);
  whole = await madeOf('source.mp4');
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const STEPS = 13;

async function encode(source: string, ...options: readonly string[]) {
  const args = ['encode', path.join(folder, source), '--ladder', ladder, '-o', path.join(folder, 'title'), '--force'];
  return runMediactl([...args, '--json', ...options]);
}

/** The numbers of the pictures, modulo STEPS, and when beeps begin, of a title of these options. */
async function madeOf(source: string, ...options: readonly string[]): Promise<{ onsets: number[]; frames: number[] }> {
  const { exitCode, stdout, stderr } = await encode(source, ...options);
  expect(exitCode, stdout + stderr).toBe(0);
  const master = path.join(folder, 'title', 'master.m3u8');
  const { onsets } = await onsetsOf(master);
  return { onsets: onsets.map(({ time }) => time), frames: source.endsWith('.m4a') ? [] : await framesOf(master) };
}

async function framesOf(file: string): Promise<number[]> {
  const args = [
    '-nostdin',
    '-v',
    'error',
    '-i',
    file,
    '-map',
    '0:v:0',
    '-vf',
    'scale=1:1:flags=area,format=yuv420p,extractplanes=y',
  ];
  const { stdout } = await run('ffmpeg', [...args, '-f', 'rawvideo', '-'], { encoding: 'buffer' });
  return [...stdout].map((luma) => Math.round((luma - 16) / 16));
}

const pictures = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => (from + i) % STEPS);

test('the whole title is what the parts are measured by', () => {
  expect(whole.frames).toEqual(pictures(0, SECONDS * 25));
  expect(whole.onsets).toHaveLength(SECONDS);
});

test.each([
  ['source.mp4', '3.21', '0:00:05.57', 80, 139],
  ['source.ts', '3.21', '0:00:05.57', 80, 139],
  ['source.m4a', '3.21', '0:00:05.57', 80, 139],
  // From one end of a chunk to another.
  ['source.mp4', '2', '4', 50, 100],
  ['source.ts', '2', '4', 50, 100],
  ['source.ts', '0:06.5', null, 163, 200],
  ['source.mp4', null, '1.04', 0, 26],
])('%s from %s to %s: these pictures, and each sample at its time', async (source, start, end, first, last) => {
  const options = [...(start === null ? [] : ['--start', start]), ...(end === null ? [] : ['--end', end])];
  const { onsets, frames } = await madeOf(source, ...options);
  // Without pictures it is cut at the sample.
  const isSound = source.endsWith('.m4a');
  const [from, to] = isSound ? [seconds(start, 0), seconds(end, SECONDS)] : [first / 25, last / 25];
  expect(frames).toEqual(isSound ? [] : pictures(first, last));
  // A beep at the very start comes after what the encoder needs to begin, and is no measure.
  const due = whole.onsets.map((time) => time - from).filter((time) => time > 0.03 && time < to - from);
  const heard = onsets.filter((time) => time > 0.03);
  expect(heard).toHaveLength(due.length);
  // The encoder blurs what is loud of a sudden by a few samples.
  for (const [i, time] of heard.entries()) expect(Math.abs(time - (due[i] ?? NaN)) * 48_000).toBeLessThan(12);
});

const seconds = (time: string | null, otherwise: number): number =>
  time === null ? otherwise : Number(time.split(':').at(-1));

test('is told in the plan and the record, and is a title of its own', async () => {
  const ids = new Set<unknown>();
  for (const options of [[], ['--start', '1'], ['--start', '1', '--end', '2.5'], ['--end', '2.5']]) {
    const args = ['plan', path.join(folder, 'source.mp4'), '--ladder', ladder, '-o', path.join(folder, 'new')];
    const { stdout } = await runMediactl([...args, '--json', ...options]);
    for (const [, id] of stdout.matchAll(/"id":\s*"([^"]+)"/g)) ids.add(id);
  }
  expect(ids.size).toBe(4 * 2);
  expect((await encode('source.mp4', '--start', '1', '--end', '2.5')).exitCode).toBe(0);
  const record = await fs.readFile(path.join(folder, 'title', 'mediactl.json'), 'utf8');
  expect(JSON.parse(record)).toMatchObject({
    status: 'complete',
    plan: { timeline: { part: { startSeconds: 1, length: { num: 38, den: 25 } } } },
  });
});

test.each([
  [['--start', '9'], '--start 0:09 is beyond the end'],
  [['--end', '9'], '--end 0:09 is beyond the end'],
  [['--start', '3', '--end', '0:03'], '--start 0:03 is not before --end 0:03'],
  [['--start', '1:75'], '--start: "1:75" is not valid: expected seconds or h:mm:ss, such as 83.5 or 0:01:23.5'],
])('%s is refused, with --dry-run as without', async (options, message) => {
  for (const dry of [[], ['--dry-run']]) {
    const { exitCode, events, stdout } = await encode('source.mp4', ...options, ...dry);
    expect([exitCode, stdout + JSON.stringify(events)]).toEqual([
      2,
      expect.stringContaining(JSON.stringify(message).slice(1, -1)),
    ]);
  }
});
