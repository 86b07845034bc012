import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TINY_LADDER } from '../../../fixtures/ladders.js';
import { runMediactl, type JsonLine } from '../run.js';

/** What changes in mid-stream is told with its time, and what a part of the source leaves out is accounted for. */

const run = promisify(execFile);
let folder = '';
let source = '';
let ladder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-changes-'));
  ladder = path.join(folder, 'ladder.json');
  await fs.writeFile(ladder, JSON.stringify(TINY_LADDER));
  const halves = [
    { size: '160x90', rate: 25, sample: 48_000, channels: 1, shape: '1', offset: 0 },
    { size: '320x180', rate: 50, sample: 44_100, channels: 2, shape: '4/3', offset: 5 },
  ];
  const files: Buffer[] = [];
  for (const [i, { size, rate, sample, channels, shape, offset }] of halves.entries()) {
    const half = path.join(folder, `${i}.ts`);
    await run('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=5,setsar=${shape}`],
      ...['-f', 'lavfi', '-i', `sine=d=5:r=${sample}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'mp2'],
      ...['-ac', String(channels), '-output_ts_offset', String(offset), half],
    ]);
    files.push(await fs.readFile(half));
  }
  source = path.join(folder, 'changing.ts');
  await fs.writeFile(source, Buffer.concat(files));
});
afterAll(() => fs.rm(folder, { recursive: true, force: true }));

const resultOf = (...options: readonly string[]): Promise<JsonLine> => resultOfFile(source, ...options);

async function resultOfFile(input: string, ...options: readonly string[]): Promise<JsonLine> {
  const args = ['encode', input, '--ladder', ladder, '-o', path.join(folder, 'title'), '--force', '--json', ...options];
  const { events, stderr } = await runMediactl(args);
  return events.at(-1) ?? expect.unreachable(stderr);
}

interface Change {
  readonly what: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
}

function expectChanges(result: JsonLine, kind: string, at: number, expected: readonly (readonly string[])[]): void {
  const account = result['account'].find((one: { kind: string }) => one.kind === kind);
  const changes: Change[] = account.changes;
  expect(changes.map(({ what, from, to }) => [what, from, to]).toSorted()).toEqual(expected.toSorted());
  for (const change of changes) expect(Math.abs(change.at - at)).toBeLessThan(0.1);
  expect(account.moreChanges).toBe(0);
}

const VIDEO = [
  ['size', '160x90', '320x180'],
  ['pixel-shape', '1:1', '4:3'],
  ['frame-rate', '25', '50'],
];
const AUDIO = [
  ['channels', 'mono', 'stereo'],
  ['sample-rate', '48000', '44100'],
];

test('size, shape and rate of the video, channels and rate of the audio', async () => {
  const result = await resultOf();
  expect(result).toMatchObject({ type: 'result', status: 'complete', warnings: [] });
  expectChanges(result, 'video', 5, VIDEO);
  expectChanges(result, 'audio', 5, AUDIO);
});

test('of a part, the same at its time, and what it does not hold', async () => {
  const result = await resultOf('--start', '2', '--end', '8');
  expect(result).toMatchObject({ type: 'result', status: 'complete', warnings: [] });
  expectChanges(result, 'video', 3, VIDEO);
  for (const { source: all, read, entries } of result['account']) {
    const cut = entries.filter(({ code }: { code: string }) => code.startsWith('cut-'));
    expect(cut.map(({ code }: { code: string }) => code)).toEqual(['cut-before', 'cut-after']);
    const outside = cut.reduce((sum: number, { seconds }: { seconds: number }) => sum + seconds, 0);
    expect(Math.abs(outside - 4)).toBeLessThan(0.1);
    const inside = read.endSeconds - read.startSeconds;
    expect(Math.abs(outside + inside - (all.endSeconds - all.startSeconds))).toBeLessThan(0.1);
  }
});

test('a picture that the container says stands for 2 s is no hole; with the sound gone as well, it is one', async () => {
  const codes = async (name: string, ...sound: readonly string[]): Promise<string[]> => {
    const file = path.join(folder, name);
    await run('ffmpeg', [
      ...[
        '-nostdin',
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'testsrc2=s=160x90:r=25:d=8',
        '-f',
        'lavfi',
        '-i',
        'sine=d=8',
      ],
      ...['-vf', "select='not(between(t,3.02,4.98))'", ...sound, '-fps_mode', 'passthrough'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', file],
    ]);
    const { events, stderr } = await runMediactl([
      ...['encode', file, '--ladder', ladder, '-o', path.join(folder, `title-${name}`), '--json'],
    ]);
    const result = events.at(-1) ?? expect.unreachable(stderr);
    return result['warnings'].map(({ code }: { code: string }) => code);
  };
  expect(await codes('pause.mp4')).toEqual([]);
  const both = await codes('hole.mp4', '-af', "aselect='not(between(t,3.02,4.98))'");
  expect(both.toSorted()).toEqual(['pictures-missing', 'sound-missing']);
});

test('audio that begins a minute late in Matroska, whose headers do not say so, is no loss', async () => {
  const file = path.join(folder, 'late.mkv');
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=5:d=64'],
    ...[
      '-itsoffset',
      '60',
      '-f',
      'lavfi',
      '-i',
      'sine=d=4',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-c:a',
      'aac',
      file,
    ],
  ]);
  const args = ['encode', file, '--ladder', ladder, '-o', path.join(folder, 'late'), '--json', '--strict'];
  const result = (await runMediactl(args)).events.at(-1);
  expect(result).toMatchObject({ type: 'result', status: 'complete', warnings: [] });
  const audio = result?.['account'].find((one: { kind: string }) => one.kind === 'audio');
  expect(Math.abs(audio.read.startSeconds - 60)).toBeLessThan(0.05);
});

test('audio is measured by one process, too', async () => {
  // One process cannot follow audio that changes: the half before the change.
  const result = await resultOfFile(path.join(folder, '0.ts'), '--decode', 'single-process', '--end', '4');
  expect(result).toMatchObject({ type: 'result', status: 'complete', warnings: [] });
  const account = result['account'].find((one: { kind: string }) => one.kind === 'audio');
  expect(Math.abs(account.read.units - 4 * 48_000)).toBeLessThan(2048);
});
