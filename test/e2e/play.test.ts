import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium, play } from '../support/browser.js';
import { runMediactl } from './run.js';

const run = promisify(execFile);
let root = '';
let browser: Browser;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'play-'));
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await fs.rm(root, { recursive: true, force: true });
});

/** Encodes `<name>.mkv`, made by these FFmpeg arguments, with 2 s segments; gives the title's folder. */
async function encode(name: string, source: readonly string[]): Promise<string> {
  const input = path.join(root, `${name}.mkv`);
  await run('ffmpeg', ['-nostdin', '-v', 'error', ...source, input]);
  const title = path.join(root, name);
  const flags = ['--ladder', 'live', '--encoder-preset', 'veryfast', '-o', title];
  const { exitCode, stderr } = await runMediactl(['encode', input, ...flags]);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  return title;
}

test('hls.js plays a title to its end and switches rungs up and down without a stall', async () => {
  const title = await encode('picture', [
    ...['-f', 'lavfi', '-i', 'testsrc2=size=480x360:rate=24000/1001:duration=14'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=14'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_s16le'],
  ]);
  const report = await play(browser, title, {
    rate: 2,
    switches: [
      [1, 1],
      [6, 0],
    ],
  });
  expect(report).toMatchObject({ ended: true, fatal: null, errors: [], waits: 0, gaps: 0 });
  // It begins with the first picture, and hops over nothing.
  expect(report.startErrors).not.toContain('bufferSeekOverHole');
  expect(report.decodedFrames).toBeGreaterThanOrEqual(336);
  expect(report.levels).toEqual([0, 1, 0]);
  expect(report.widths).toEqual([320, 480, 320]);
  // 336 frames at 24000/1001 (14.01 s), and the reordering delay.
  expect(report.duration).toBeGreaterThan(14);
  expect(report.duration).toBeLessThan(14.2);
  expect(report.time).toBeCloseTo(report.duration, 1);
});

test('hls.js plays a title of sound alone', async () => {
  const title = await encode('sound', ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=4', '-c:a', 'pcm_s16le']);
  const report = await play(browser, title, { rate: 2 });
  expect(report).toMatchObject({ ended: true, fatal: null, errors: [], waits: 0 });
  expect(report.time).toBeGreaterThan(3.9);
});
