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
import { playBy, serveTitle, showIframes } from '../support/players.js';
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
  const flags = ['--format', 'hls,cmaf', '--ladder', 'live', '--encoder-preset', 'veryfast', '-o', title];
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

test.each(['master.m3u8', 'cmaf.m3u8'])('what %s lists passes the deep check', async (master) => {
  expect(await checkTitle(title, master, { deep: true })).toEqual([]);
});

test('players that put the first decode time at 0 are told to begin with the first picture', async () => {
  const texts = ['master.m3u8', 'cmaf.m3u8'].map((name) => fs.readFile(path.join(title, name), 'utf8'));
  const [ts, cmaf] = await Promise.all(texts);
  expect(ts).toContain('\n#EXT-X-START:TIME-OFFSET=0.080000,PRECISE=NO\n');
  expect(cmaf).not.toContain('EXT-X-START');
});

test('the result says where the manifest is', () => {
  expect(result).toMatchObject({ type: 'result', manifest: path.join(title, 'manifest.mpd') });
});

test('its manifest is valid by the schema of MPEG', async ({ skip }) => {
  if (MPD_SCHEMA === null) return skip(NO_MPD_SCHEMA);
  expect(await mpdFaults(await fs.readFile(path.join(title, 'manifest.mpd'), 'utf8'), MPD_SCHEMA)).toEqual([]);
});

test('a player of I-frame playlists shows the picture before any moment, by byte ranges alone', async () => {
  const before = served.requests.length;
  const report = await showIframes(browser, served, 'cmaf.m3u8', [0, 3.4, 6.1], timeOfEncodes(100));
  expect(report.errors).toEqual([]);
  expect(report.shown).toEqual([
    [0, 2],
    [2, 4],
    [6, expect.closeTo(SECONDS, 3)],
  ]);
  expect(served.requests.slice(before).filter((path) => path.endsWith('iframes.m3u8'))).toHaveLength(1);
});

describe('is played to its end, without a stall or a hole, changes its rung, goes back, and changes its sound', () => {
  test.each([
    // MPEG-TS begins with what reordering takes: here two frames. Of its sound hls.js tells a thing that is not so.
    ['hls', 'master.m3u8', 2 / 25, ['bufferAppendNoProgress']],
    ['shaka', 'master.m3u8', 2 / 25, []],
    ['hls', 'cmaf.m3u8', 0, []],
    ['shaka', 'manifest.mpd', 0, []],
    ['dash', 'manifest.mpd', 0, []],
  ] as const)('%s %s', async (player, manifest, start, harmless: readonly string[]) => {
    const report = await playBy(
      browser,
      served,
      { player, manifest, rate: 1.5, switchAt: 1, seekTo: 3 },
      timeOfEncodes(300),
    );
    expect(report).toMatchObject({ ended: 2, fatal: null, waits: 0, gaps: 0 });
    expect(report.errors.filter((error) => !harmless.includes(error))).toEqual([]);
    expect(report.buffered).toEqual([[expect.closeTo(start, 2), expect.closeTo(start + SECONDS, 2)]]);
    expect(report.duration).toBeCloseTo(start + SECONDS, 2);
    // What is shown anew around a change of rung counts once more.
    expect(report.frames).toBeGreaterThanOrEqual(FRAMES);
    if (start === 0) expect(report.frames).toBe(FRAMES);
    expect(report.widths.slice(0, 2)).toEqual([320, 480]);
    // Some players seek once more by themselves when another sound is there.
    expect(report.soughtTo.slice(0, 2)).toEqual([expect.closeTo(3, 1), expect.closeTo(0, 0)]);
    // What plays when nobody chooses, and what was chosen.
    expect([report.language, report.otherLanguage]).toEqual(['en', 'fr']);
  });
});
