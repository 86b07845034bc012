import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../../fixtures/clips.js';
import { writeProgram } from '../robust/workshop.js';
import { runMediactl, type JsonLine } from '../run.js';
import { drawFaults, holesOf, lengthened, makeFaulty, type Fault } from './faults.js';

/** What befalls video and audio between the source and the title is noticed, and told where it is; else nothing is. */

const SECONDS = 40;
/** Six faults each. */
const SEEDS = [1];
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
  await fs.copyFile(await clip('plain40'), good);
  await fs.writeFile(path.join(folder, 'ladder.json'), JSON.stringify(LADDER));
});
afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

/** What a run says at its end; `ffmpeg`: lines of a script that may change the arguments "$@" before they are used. */
async function resultOf(name: string, ffmpeg: readonly string[], ...more: readonly string[]): Promise<JsonLine> {
  const program = path.join(folder, `${name}-ffmpeg`);
  await writeProgram(program, ['#!/usr/bin/env bash', ...ffmpeg, `exec ffmpeg "$@"`, ''].join('\n'));
  const out = path.join(folder, name);
  const options = ['--ladder', path.join(folder, 'ladder.json'), '--ffmpeg', program, '-o', out, '--json', ...more];
  const { events, stderr } = await runMediactl(['encode', good, ...options]);
  await fs.rm(out, { recursive: true, force: true });
  return events.at(-1) ?? expect.unreachable(stderr);
}

/** Lines that put another word for each argument that is, or begins with, what the pattern of bash says. */
function changing(pattern: string, word: string): string[] {
  return [
    'args=()',
    `for each; do [[ $each == ${pattern} ]] && each=${word}; args+=("$each"); done`,
    'set -- "${args[@]}"',
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
  const faults = drawFaults(seed, SECONDS);
  const faulty = path.join(folder, `faulty-${seed}.mov`);
  await makeFaulty(good, SECONDS, faults, faulty);
  const result = await resultOf(`seed-${seed}`, changing('file:*good.mp4', `'file:${faulty}'`));
  expect(result).toMatchObject({ type: 'result', status: 'damaged' });
  expectAccount(result, 'video', 'held', faults.video);
  expectAccount(result, 'audio', 'silence', faults.audio);
  const codes = codesOf(result);
  expect(codes).toEqual(expect.arrayContaining(['pictures-missing', 'sound-missing']));
  if (lengthened(faults.video) !== 0) expect(codes.some((code) => /picture-length|ends-early/.test(code))).toBe(true);
  if (lengthened(faults.audio) !== 0)
    expect(codes.some((code) => /sound-length|ends-early|sound-lost/.test(code))).toBe(true);
  await fs.rm(faulty);
});
