import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipName } from '../../fixtures/clips.js';
import { smallLadder } from '../../fixtures/ladders.js';
import { lookForFields } from '../../src/stages/probe/combing.js';
import { readGrayPictures } from '../../src/tools/gray-pictures.js';
import { localAddress } from '../../src/tools/input-safety.js';
import { runMediactl } from './run.js';
import { brokenRules, seeTitle } from './title-rules.js';

/** Pictures of two moments, pictures that come in bursts, film for television: what comes out of the real program. */

let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl fields '));
  await fs.writeFile(path.join(root, 'ladder.json'), JSON.stringify(smallLadder(360)));
});
afterAll(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

describe('no picture of the title is combed', () => {
  test('HEVC that is coded field by field: whole pictures, in the same time, the same in every mode', async () => {
    const title = await encode('fieldsHevc', '25');
    expect(title).toMatchObject({ size: '640x360', frames: 75, warnings: [] });
    expect(await combed(title.master, 640, 360)).toBe(0);
  });

  test.each<[ClipName, string, string, string]>([
    ['combedFfv1', '25', '450x360', 'combed-pictures'],
    ['wrongOrder', '25', '352x288', 'field-order-wrong'],
  ])('%s', async (name, rate, size, warning) => {
    const title = await encode(name, rate);
    expect(title).toMatchObject({ size, warnings: [warning] });
    const [width = 0, height = 0] = size.split('x').map(Number);
    expect(await combed(title.master, width, height)).toBe(0);
  });

  test('unless nothing is to be done to them', async () => {
    const title = await encode('wrongOrder', '25', ['--deinterlace', 'off']);
    expect(title).toMatchObject({ size: '352x288', warnings: [] });
    expect(await combed(title.master, 352, 288)).toBeGreaterThanOrEqual(6);
  });

  test('a part of a broadcast with fields, in a title without', async () => {
    const title = await encode('interlacedPart', '25');
    expect(title).toMatchObject({ size: '352x288', frames: 200, warnings: [] });
    expect(await combed(title.master, 352, 288, 6.2)).toBe(0);
  });
});

describe('every frame is shown', () => {
  test('of a recording of a screen with a burst at 60 a second', async () => {
    expect(await encode('vfrBurst', '60')).toMatchObject({ frames: 480, warnings: [] });
  });

  test('of film that flags pull down, once', async () => {
    expect(await encode('softTelecine', '24000/1001')).toMatchObject({ frames: 120, warnings: [] });
  });
});

interface Made {
  readonly master: string;
  readonly size: string;
  readonly frames: number;
  readonly warnings: readonly unknown[];
}

async function encode(name: ClipName, rate: string, flags: readonly string[] = []): Promise<Made> {
  const folder = path.join(root, [name, ...flags].join(' '));
  const args = ['encode', await clip(name), '-o', folder, '--ladder', path.join(root, 'ladder.json'), '--json'];
  const { exitCode, stderr, events } = await runMediactl([...args, ...flags]);
  expect(exitCode, stderr).toBe(0);
  const title = await seeTitle(folder, rate);
  const result = events.at(-1);
  expect(result).toMatchObject({ status: 'complete' });
  expect(await brokenRules(title)).toEqual([]);
  const [rung] = title.rungs;
  const warnings = (result?.['warnings'] ?? []) as readonly { readonly code: string }[];
  return {
    master: path.join(folder, path.relative(folder, rung?.folder ?? ''), 'index.m3u8'),
    size: `${rung?.stream['width']}x${rung?.stream['height']}`,
    frames: (rung?.segments ?? []).reduce((sum, { packets }) => sum + packets, 0),
    warnings: warnings.map(({ code }) => code),
  };
}

/** Pictures among the first twelve from `at` on that hold two moments. */
async function combed(playlist: string, width: number, height: number, at = 0): Promise<number> {
  const whole = path.join(path.dirname(playlist), 'whole.ts');
  const segments = (await fs.readdir(path.dirname(playlist))).filter((file) => /^\d+\.ts$/.test(file)).sort();
  await fs.writeFile(
    whole,
    Buffer.concat(await Promise.all(segments.map((file) => fs.readFile(path.join(path.dirname(playlist), file))))),
  );
  const size = { width, height };
  const tools = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };
  const pictures = await readGrayPictures(localAddress(whole), tools, { stream: 0, at, count: 12, size });
  expect(pictures).toHaveLength(12);
  const { tff, bff } = lookForFields(pictures, size);
  return tff + bff;
}
