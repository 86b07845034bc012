import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withMatrix, type Matrix } from '../../../fixtures/mp4-bytes.js';
import { probeFile } from '../../support/probe-file.js';

const run = promisify(execFile);
let folder: string;
let plain: Buffer;

// Four quadrants of different grey, so that every one of the eight orientations looks different.
const QUADRANTS = 'color=s=64x32:d=0.2:r=10,format=gray,geq=lum=60+60*gte(X\\,32)+120*gte(Y\\,16)';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-orientation-'));
  const path = join(folder, 'plain.mp4');
  await run('ffmpeg', [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    QUADRANTS,
    '-c:v',
    'libx264',
    '-crf',
    '1',
    '-pix_fmt',
    'yuv420p',
    path,
  ]);
  plain = await readFile(path);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Grey levels of the four quadrants, as ffmpeg shows the first picture. */
async function quadrants(
  path: string,
  input: string[],
  output: string[],
  size: { width: number; height: number },
): Promise<number[]> {
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', ...input, '-i', path, ...output, '-frames:v', '1', '-pix_fmt', 'gray', '-f', 'rawvideo', '-'],
    {
      encoding: 'buffer',
    },
  );
  expect(stdout).toHaveLength(size.width * size.height);
  const at = (x: number, y: number) =>
    Math.round((stdout[Math.floor(size.height * y) * size.width + Math.floor(size.width * x)] ?? 0) / 20);
  return [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)];
}

describe('orientation of real files', () => {
  it.each<[name: string, matrix: Matrix]>([
    ['0', [1, 0, 0, 1]],
    ['90', [0, 1, -1, 0]],
    ['180', [-1, 0, 0, -1]],
    ['270', [0, -1, 1, 0]],
    ['mirrored', [-1, 0, 0, 1]],
    ['mirrored 90', [0, -1, -1, 0]],
    ['mirrored 180', [1, 0, 0, -1]],
    ['mirrored 270', [0, 1, 1, 0]],
  ])("mirror, then turn, shows %s as ffmpeg's own autorotate does", async (name, matrix) => {
    const path = join(folder, `${name}.mp4`);
    await writeFile(path, withMatrix(plain, matrix));
    const [track] = (await probeFile(path)).video;
    if (track === undefined) throw new Error('no video track');
    const { mirror, clockwise } = track.orientation;
    const turn = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[clockwise];
    const filters = ['null', ...(mirror ? ['hflip'] : []), ...turn].join(',');
    const ours = await quadrants(path, ['-noautorotate'], ['-vf', filters], track.displaySize);
    const theirs = await quadrants(path, [], [], track.displaySize);
    expect(ours).toEqual(theirs);
    expect(new Set(ours).size).toBe(4);
  });
});
