import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, type ClipName } from '../../fixtures/clips.js';
import { smallLadder } from '../../fixtures/ladders.js';
import { checkTitle } from '../../src/stages/verify/check-title.js';
import { launchChromium } from '../support/browser.js';
import { timeOfEncodes } from '../support/pace.js';
import { playBy, serveTitle } from '../support/players.js';
import type { Served } from '../support/serve.js';
import { runMediactl, startMediactl, type Ran } from './run.js';
import { brokenRules, seeTitle } from './title-rules.js';
import { filesBelow, readMultivariant } from './title.js';

/** --copy-top: what is copied is the source, frame by frame, and switches with what is encoded. */

const run = promisify(execFile);
const FRAMES = 252;

let root = '';
let title = '';
let made: Ran;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'copy-top-'));
  const ladder = { ...smallLadder(90, 180), segment: { seconds: 2, keyframeSeconds: 2, chunkSeconds: 4 } };
  await fs.writeFile(path.join(root, 'ladder.json'), JSON.stringify(ladder));
  title = path.join(root, 'title');
  made = await runMediactl(await flags('copyFits', title));
});
afterAll(() => fs.rm(root, { recursive: true, force: true }));

async function flags(name: ClipName, to: string): Promise<string[]> {
  const wanted = ['--copy-top', '--format', 'hls,cmaf', '--json'];
  return ['encode', await clip(name), ...wanted, '--ladder', path.join(root, 'ladder.json'), '-o', to];
}

/** The top rung's first. */
async function playlists(folder: string, master: string): Promise<string[]> {
  const { variants } = await readMultivariant(path.join(folder, master));
  const top = variants.toSorted((a, b) => Number(b.uri.startsWith('180p')) - Number(a.uri.startsWith('180p')));
  return top.map(({ uri }) => path.join(folder, uri));
}

/** Checksum and time of each decoded frame. */
async function frames(file: string, flags = ['-xerror']): Promise<{ sum: string; seconds: number }[]> {
  const sums = ['-map', '0:v:0', '-vsync', 'passthrough', '-f', 'framemd5', '-'];
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'fatal', ...flags, '-i', file, ...sums]);
  const [, num = '1', den = '1'] = /#tb 0: (\d+)\/(\d+)/.exec(stdout) ?? [];
  return stdout.split('\n').flatMap((line) => {
    const fields = line.split(',').map((field) => field.trim());
    if (!/^\d/.test(line)) return [];
    return [{ sum: fields[5] ?? '', seconds: (Number(fields[2]) * Number(num)) / Number(den) }];
  });
}

async function sums(folder: string): Promise<Record<string, string>> {
  const files = (await filesBelow(folder)).filter((file) => /\.(ts|m4s|mp4)$/.test(file));
  const read = files.map(async (file) => {
    const bytes = await fs.readFile(path.join(folder, file));
    return [file, createHash('md5').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

test('the title keeps all rules, in both forms, and its account balances', async () => {
  expect(made.exitCode, made.stderr).toBe(0);
  expect(made.events.filter(({ type }) => type === 'warning')).toEqual([]);
  expect(await brokenRules(await seeTitle(title, '24'))).toEqual([]);
  expect(await checkTitle(title, 'cmaf.m3u8', { deep: true })).toEqual([]);
  const record: unknown = JSON.parse(await fs.readFile(path.join(title, 'mediactl.json'), 'utf8'));
  expect(record).toMatchObject({ account: [{ read: { units: FRAMES }, published: { units: FRAMES } }, {}] });
});

test('the top rung is the source, frame by frame', async () => {
  const source = (await frames(await clip('copyFits'))).map(({ sum }) => sum);
  expect(source).toHaveLength(FRAMES);
  for (const master of ['master.m3u8', 'cmaf.m3u8']) {
    const [top] = await playlists(title, master);
    expect((await frames(top ?? '')).map(({ sum }) => sum)).toEqual(source);
  }
});

test('a stream that changes between the copied and the encoded rung goes on without a step', async () => {
  const [top = '', low = ''] = (await playlists(title, 'master.m3u8')).map((file) => path.dirname(file));
  const parts = [low, top, low, top, top, low].map((folder, i) => fs.readFile(path.join(folder, `0000${i}.ts`)));
  // Continuity counters are each rendition's own.
  const mixed = path.join(root, 'mixed.ts');
  await fs.writeFile(mixed, Buffer.concat(await Promise.all(parts)));
  const times = (await frames(mixed, [])).map(({ seconds }) => seconds);
  expect(times).toHaveLength(FRAMES);
  expect(Math.max(...times.map((time, i) => Math.abs(time - i / 24 - (times[0] ?? 0))))).toBeLessThan(0.001);
});

test('killed in the middle, it goes on with the same bytes', async () => {
  const other = path.join(root, 'killed');
  const running = startMediactl(await flags('copyFits', other));
  await running.waitFor(/"type":"segment"/);
  running.child.kill('SIGKILL');
  await running.done;
  const { exitCode, stderr } = await runMediactl(await flags('copyFits', other));
  expect(exitCode, stderr).toBe(0);
  expect(await sums(other)).toEqual(await sums(title));
});

test('parameter sets in its packets and times that begin late are put right', async () => {
  const other = path.join(root, 'untagged');
  const { exitCode, stderr } = await runMediactl(await flags('copyUntagged', other));
  expect(exitCode, stderr).toBe(0);
  expect(await brokenRules(await seeTitle(other, '24'))).toEqual([]);
  expect(await checkTitle(other, 'cmaf.m3u8', { deep: true })).toEqual([]);
});

test('what does not fit is encoded, and the plan says why and where', async () => {
  const [, ...rest] = await flags('copyOpenGop', path.join(root, 'open'));
  const { exitCode, stdout } = await runMediactl(['plan', ...rest]);
  expect(exitCode).toBe(0);
  const { plan } = JSON.parse(stdout) as { plan: { copyTop: { reasons: { code: string; at: number }[] } } };
  expect(plan.copyTop).toMatchObject({ copied: false, rung: '180p' });
  expect(plan.copyTop.reasons.map(({ code, at }) => [code, at])).toEqual([
    ['open-gop', 2],
    ['keyframes', 2],
  ]);
});

describe('players change between the copied and the encoded rung', () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    browser = await launchChromium();
    served = await serveTitle(title);
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
  });

  test.each([
    ['hls', 'master.m3u8'],
    ['hls', 'cmaf.m3u8'],
    ['shaka', 'manifest.mpd'],
  ] as const)('%s %s', async (player, manifest) => {
    const wanted = { player, manifest, rate: 1.5, switchAt: 1, seekTo: 5 };
    const report = await playBy(browser, served, wanted, timeOfEncodes(300));
    expect(report).toMatchObject({ ended: 2, fatal: null, waits: 0, gaps: 0 });
    expect(new Set(report.widths)).toEqual(new Set([160, 320]));
    expect(report.soughtTo[0]).toBeGreaterThanOrEqual(4.9);
  });
});
