import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { segmentDone, writeProgram } from '../robust/workshop.js';
import { runMediactl, startMediactl, type JsonLine } from '../run.js';
import { drawFaults, holesOf, lengthened, makeFaulty, type Fault } from './faults.js';

/** What befalls video and audio between the source and the title is noticed, and told where it is; else nothing is. */

const SECONDS = 40;
/** Six faults each. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7];
const LADDER = {
  name: 'tiny',
  segment: { seconds: 2, keyframeSeconds: 1, chunkSeconds: 12 },
  video: { options: { preset: 'ultrafast' }, rungs: [{ name: '90p', shortSide: 90, bitrate: '100k' }] },
};

let folder: string;
let good: string;
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-account-'));
  good = path.join(folder, 'good.mp4');
  const small = ['-vf', 'scale=160:90', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-c:a', 'copy'];
  await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', '-i', await clip('plain40'), ...small, good]);
  await fs.writeFile(path.join(folder, 'ladder.json'), JSON.stringify(LADDER));
});
afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

/** Arguments of a run; `ffmpeg`: lines of a script that may change the arguments "$@" before they are used. */
async function argsOf(name: string, ffmpeg: readonly string[]): Promise<string[]> {
  const program = path.join(folder, `${name}-ffmpeg`);
  await writeProgram(program, ['#!/usr/bin/env bash', ...ffmpeg, `exec ffmpeg "$@"`, ''].join('\n'));
  const options = ['--ladder', path.join(folder, 'ladder.json'), '--ffmpeg', program, '--json'];
  return ['encode', good, ...options, '-o', path.join(folder, name)];
}

/** What a run says at its end. */
async function resultOf(name: string, ffmpeg: readonly string[]): Promise<JsonLine> {
  const { events, stderr } = await runMediactl(await argsOf(name, ffmpeg));
  return events.at(-1) ?? expect.unreachable(stderr);
}

/** Lines that make another file of the source for FFmpeg, while ffprobe sees the good one. */
async function makeWay(seed: number): Promise<string[]> {
  const faulty = path.join(folder, `faulty-${seed}.mov`);
  await makeFaulty(good, SECONDS, drawFaults(seed, SECONDS), faulty);
  return changing('file:*good.mp4', `'file:${faulty}'`);
}

/** Lines that put another word for each argument that is, or begins with, what the pattern of bash says. */
function changing(pattern: string, word: string): string[] {
  return [
    'args=()',
    `for each; do [[ $each == ${pattern} ]] && each=${word}; args+=("$each"); done`,
    `set -- "\${args[@]}"`,
  ];
}

interface Entry {
  readonly code: string;
  readonly where: string;
  readonly units: number;
  readonly places: readonly { readonly at: number; readonly seconds: number }[];
}

function codesOf(result: JsonLine): string[] {
  return result['warnings'].map(({ code }: { code: string }) => code);
}

/** The account of a track closes, has these faults, and no other. */
function expectAccount(result: JsonLine, kind: string, code: string, faults: readonly Fault[]): void {
  const account = result['account'].find((one: { kind: string }) => one.kind === kind);
  const entries: Entry[] = account.entries;
  const sum = entries.reduce((all, { code: is, units }) => all + (GIVEN.has(is) ? units : -units), account.read.units);
  expect(sum).toBe(account.published.units);
  const holes = entries
    .filter((entry) => entry.code === code && entry.where === 'middle')
    .flatMap(({ places }) => places);
  expect(holes.map(({ at }) => Math.round(at * 10) / 10)).toEqual(
    holesOf(faults).map((at) => Math.round(at * 10) / 10),
  );
  for (const { seconds } of holes) expect(Math.abs(seconds - 1)).toBeLessThan(0.05);
  expect(Math.abs(account.read.endSeconds - SECONDS - lengthened(faults))).toBeLessThan(0.05);
}

const GIVEN = new Set(['held', 'repeated', 'silence']);

test('of a good clip there is nothing to tell, and all of it is accounted for', async () => {
  const result = await resultOf('good', []);
  expect(result).toMatchObject({ type: 'result', status: 'complete', warnings: [] });
  expectAccount(result, 'video', 'held', []);
  expectAccount(result, 'audio', 'silence', []);
});

test.each(SEEDS)('seconds that are removed, doubled, delayed and frozen on the way, seed %i', async (seed) => {
  const { video, audio } = drawFaults(seed, SECONDS);
  const result = await resultOf(`seed-${seed}`, await makeWay(seed));
  expect(result).toMatchObject({ type: 'result', status: 'damaged' });
  expectAccount(result, 'video', 'held', video);
  expectAccount(result, 'audio', 'silence', audio);
  const codes = codesOf(result);
  expect(codes).toEqual(expect.arrayContaining(['pictures-missing', 'sound-missing']));
  if (lengthened(video) !== 0) expect(codes.join(' ')).toMatch(/picture-length|ends-early/);
  if (lengthened(audio) !== 0) expect(codes.join(' ')).toMatch(/sound-length|ends-early|sound-lost/);
});

// Where the processes' own times begin, by the seek.
const SOUGHT = ['ss=0; last=', 'for each; do [[ $last == -ss ]] && ss=$each; last=$each; done'];

test('seconds that get lost at the beginning of the filter graphs', async () => {
  const video = `"[0:0]select='not(between(t+$ss,7,7.99)+between(t+$ss,29,29.99))',\${each#'[0:0]'}"`;
  const audio = `"aselect='not(between(t+$ss,14,14.99))',$each"`;
  const lines = [...SOUGHT, ...changing("'[0:0]'*", video), ...changing('*apad=whole_len=1', audio)];
  const result = await resultOf('graphs', lines);
  expectAccount(
    result,
    'video',
    'held',
    [7, 29].map((at) => ({ kind: 'freeze', at })),
  );
  expectAccount(result, 'audio', 'silence', [{ kind: 'freeze', at: 14 }]);
});

test.each([
  ['lost', 'select=trunc(t)-5', { type: 'result', status: 'damaged' }],
  ['doubled', 'loop=loop=1:size=25:start=50', { type: 'error', code: 'grid-broken' }],
])('a second that is %s at the end of the filter graph', async (name, filter, expected) => {
  const lines = changing("*'[v0];'*", `"\${each/'[v0];'/,${filter}[v0];}"`);
  expect(await resultOf(name, lines)).toMatchObject(expected);
});

test('killed in the middle and gone on with, it is the same account; a title that is there keeps it', async () => {
  const way = await makeWay(1);
  const whole = await resultOf('whole', way);
  const run = startMediactl(await argsOf('killed', [`[[ "$*" == *'-ss 22 '* ]] && exec sleep 1000`, ...way]));
  await run.waitFor(segmentDone('90p', 5));
  run.child.kill('SIGKILL');
  await run.done;
  const resumed = await resultOf('killed', way);
  expect(resumed['outcome']).toBe('encoded');
  for (const key of ['account', 'warnings', 'status']) expect(resumed[key]).toEqual(whole[key]);
  const again = await resultOf('killed', way);
  expect(again).toMatchObject({ outcome: 'unchanged', account: whole['account'] });
});
