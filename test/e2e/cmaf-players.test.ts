import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTitle } from '../../src/stages/verify/check-title.js';
import { launchChromium } from '../support/browser.js';
import { MPD_SCHEMA, mpdFaults, NO_MPD_SCHEMA } from '../support/mpd-schema.js';
import { timeOfEncodes } from '../support/pace.js';
import { playBy, serveTitle } from '../support/players.js';
import type { Served } from '../support/serve.js';
import { runMediactl } from './run.js';

const run = promisify(execFile);

/** Pictures and frames of sound end together: 160 frames at 25 Hz, 300 frames of 1024 samples at 48 kHz. */
const SECONDS = 6.4;
const FRAMES = 160;

let root = '';
let title = '';
let browser: Browser;
let served: Served;
let result: unknown;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'cmaf-players-'));
  title = path.join(root, 'title');
  const source = path.join(root, 'source.mkv');
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error'],
    ...['-f', 'lavfi', '-i', `testsrc2=size=480x360:rate=25:duration=${SECONDS}`],
    ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${SECONDS}`],
    ...['-f', 'lavfi', '-i', `anoisesrc=sample_rate=48000:seed=1:duration=${SECONDS}`],
    ...['-map', '0', '-map', '1', '-map', '2', '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=fra'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'pcm_s16le', source],
  ]);
  const flags = ['--format', 'cmaf', '--ladder', 'live', '--encoder-preset', 'veryfast', '-o', title];
  const { exitCode, stderr, stdout } = await runMediactl(['encode', source, '--json', ...flags]);
  if (exitCode !== 0) throw new Error(stderr);
  result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  served = await serveTitle(title);
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await fs.rm(root, { recursive: true, force: true });
});

test('the title passes the deep check', async () => {
  expect(await checkTitle(title, 'master.m3u8', { deep: true })).toEqual([]);
});

test('the result says where the manifest is', () => {
  expect(result).toMatchObject({ type: 'result', manifest: path.join(title, 'manifest.mpd') });
});

test('its manifest is valid by the schema of MPEG', async ({ skip }) => {
  if (MPD_SCHEMA === null) return skip(NO_MPD_SCHEMA);
  expect(await mpdFaults(await fs.readFile(path.join(title, 'manifest.mpd'), 'utf8'), MPD_SCHEMA)).toEqual([]);
});

describe('is played to its end, without a stall or a hole, changes its rung, and goes back', () => {
  test.each([
    ['hls', 'master.m3u8'],
    ['shaka', 'manifest.mpd'],
    ['dash', 'manifest.mpd'],
  ] as const)('%s %s', async (player, manifest) => {
    const report = await playBy(
      browser,
      served,
      { player, manifest, rate: 1.5, switchAt: 1, seekTo: 3 },
      timeOfEncodes(300),
    );
    expect(report).toMatchObject({ ended: 2, fatal: null, errors: [], waits: 0, gaps: 0, frames: FRAMES });
    expect(report.buffered).toEqual([[expect.closeTo(0, 3), expect.closeTo(SECONDS, 3)]]);
    expect(report.duration).toBeCloseTo(SECONDS, 3);
    expect(report.widths.slice(0, 2)).toEqual([320, 480]);
    expect(report.soughtTo).toBeGreaterThanOrEqual(3);
    // What plays when nobody chooses.
    expect(report.language).toBe('en');
  });
});
