import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipName } from '../../fixtures/clips.js';
import { smallLadder } from '../../fixtures/ladders.js';
import { colorAt } from '../support/ffprobe.js';
import { runMediactl } from './run.js';
import { brokenRules, seeTitle } from './title-rules.js';

/** Pictures that are not what the header says, or not for long: what comes out is looked at by FFmpeg. */

let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl picture '));
  await fs.writeFile(path.join(root, 'ladder.json'), JSON.stringify(smallLadder(90, 180)));
});
afterAll(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

const RED = 'red';
const BLUE = 'blue';
const LIME = 'lime';
const BLACK = 'black';

describe('a picture that changes in mid-stream', () => {
  test('a call that steps down and up: as long as it was, other shapes in black, the same in every mode', async () => {
    const title = await encode('sizesWebm');
    expect(title.rungs.map(({ size, frames }) => [size, frames])).toEqual([
      ['320x180', 400],
      ['160x90', 400],
    ]);
    expect(await colors(title, 3)).toEqual([RED, RED, RED]);
    // The change, in the first chunk; the second chunk, which begins after it.
    expect(await colors(title, 8)).toEqual([BLACK, BLUE, BLACK]);
    expect(await colors(title, 13)).toEqual([BLACK, BLUE, BLACK]);
    expect(await colors(title, 15)).toEqual([LIME, LIME, LIME]);
    for (const mode of ['single-process', 'per-rung'] as const) {
      expect((await encode('sizesWebm', ['--decode', mode])).segments).toEqual(title.segments);
    }
  });

  test('a broadcast whose shape, size and fields change: in time, boxed above and below', async () => {
    const title = await encode('sizesTs');
    // 150 pictures; the first of each piece is a field late by FFmpeg’s own muxer.
    expect(title.rungs[0]?.size).toBe('240x180');
    expect(title.rungs[0]?.frames).toBeGreaterThanOrEqual(149);
    expect(title.rungs[0]?.frames).toBeLessThanOrEqual(151);
    expect(await colors(title, 3, 'down')).toEqual([BLACK, RED, BLACK]);
    expect(await colors(title, 5, 'down')).toEqual([BLACK, LIME, BLACK]);
    expect(await colors(title, 5, 'across')).toEqual([LIME, LIME, LIME]);
  });

  test('other pixel formats and a turned picture', async () => {
    const title = await encode('formatsMkv');
    expect(title.rungs.map(({ frames }) => frames)).toEqual([100, 100]);
    expect(await colors(title, 0.5)).toEqual([RED, RED, RED]);
    expect(await colors(title, 1.5)).toEqual([BLUE, BLUE, BLUE]);
    expect(await colors(title, 2.5)).toEqual([LIME, LIME, LIME]);
    expect(await colors(title, 3.5)).toEqual([BLACK, 'white', BLACK]);
  });
});

describe('IMX (D-10)', () => {
  test.each([
    ['imxMxf', '240x180', '25', 'bt470bg'],
    ['imxPal', '320x180', '25', 'bt470bg'],
    ['imxNtsc', '240x180', '30000/1001', 'smpte170m'],
  ] as const)('%s: the vertical blanking is cut off, the shape is television’s', async (name, size, rate, matrix) => {
    const title = await encode(name, [], rate);
    expect(title.rungs[0]).toMatchObject({ size, matrix });
    expect(await colors(title, 0.2, 'down')).toEqual([RED, RED, RED]);
  });
});

interface Made {
  readonly master: string;
  readonly rungs: readonly { readonly size: string; readonly frames: number; readonly matrix: string }[];
  /** Checksum of each segment of the pictures. */
  readonly segments: readonly string[];
}

/** A title of which nothing is said; made as usual, it keeps every rule. */
async function encode(name: ClipName, flags: readonly string[] = [], rate = '25'): Promise<Made> {
  const folder = path.join(root, [name, ...flags].join(' ').replaceAll('/', '-'));
  const args = ['encode', await clip(name), '-o', folder, '--ladder', path.join(root, 'ladder.json'), '--json'];
  const { exitCode, stderr, events } = await runMediactl([...args, ...flags]);
  expect(exitCode, stderr).toBe(0);
  const title = await seeTitle(folder, rate);
  expect(events.at(-1)).toMatchObject({ status: 'complete', warnings: [] });
  if (flags.length === 0) expect(await brokenRules(title)).toEqual([]);
  return {
    master: path.join(folder, 'master.m3u8'),
    rungs: title.rungs.map(({ stream, segments: made }) => ({
      size: `${stream['width']}x${stream['height']}`,
      matrix: String(stream['color_space']),
      frames: made.reduce((sum, { packets }) => sum + packets, 0),
    })),
    segments: await Promise.all(title.rungs.flatMap((rung) => rung.segments.map(({ file }) => checksum(file)))),
  };
}

async function checksum(file: string): Promise<string> {
  return createHash('sha256')
    .update(await fs.readFile(file))
    .digest('hex');
}

/** Names of the colours at one end, in the middle and at the other end of the largest rung. */
async function colors({ master, rungs }: Made, seconds: number, way: 'across' | 'down' = 'across'): Promise<string[]> {
  const [width = 0, height = 0] = (rungs[0]?.size ?? '').split('x').map(Number);
  return Promise.all(
    [0.02, 0.5, 0.98].map(async (share) => {
      const [x, y] = way === 'across' ? [share, 0.5] : [0.5, share];
      const region = { x: Math.round(x * (width - 4)), y: Math.round(y * (height - 4)), width: 4, height: 4 };
      return named(await colorAt(master, region, seconds));
    }),
  );
}

const NAMES = { red: [255, 0, 0], lime: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255], black: [0, 0, 0] };

function named(color: readonly number[]): string {
  const near = Object.entries(NAMES).find(([, exact]) =>
    exact.every((part, i) => Math.abs(part - (color[i] ?? 0)) < 24),
  );
  return near?.[0] ?? color.join(' ');
}
