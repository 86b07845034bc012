import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/browser.js';
import { timeOfEncodes } from '../support/pace.js';
import { runMediactl, startMediactl, type JsonLine, type Running } from './run.js';

const schema: unknown = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ validateFormats: false }).compile(Object(schema));
const run = promisify(execFile);
let root = '';
let browser: Browser;

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'play-command-'));
  browser = await launchChromium();
  const source = path.join(root, 'clip.mkv');
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=480x360:rate=25:duration=20'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=20', '-c:v', 'libx264', '-preset', 'ultrafast', source],
  ]);
  const flags = ['--ladder', 'live', '--encoder-preset', 'ultrafast', '-o', path.join(root, 'movie')];
  const { exitCode, stderr } = await runMediactl(['encode', source, ...flags]);
  if (exitCode !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await browser?.close();
  await fs.rm(root, { recursive: true, force: true });
});

/** Starts play, and gives the address of its page. */
async function startPlay(...flags: readonly string[]): Promise<{ running: Running; address: string }> {
  const running = startMediactl(['play', ...flags, '--no-open', '--json'], { cwd: root });
  let text = '';
  running.child.stdout?.on('data', (piece: string) => (text += piece));
  await running.waitFor(/"type":"serving".*\n/);
  const line = text.split('\n').find((each) => each.includes('"serving"')) ?? '{}';
  return { running, address: (JSON.parse(line) as JsonLine)['address'] };
}

async function openPage(address: string): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    // What the policy of the page refuses is told here, too.
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(address);
  return { page, problems };
}

interface Video {
  readonly currentTime: number;
  playbackRate: number;
}

// The page's policy lets no text be run as a program, but functions from outside.
const timeOf = ({ currentTime }: Video): number => currentTime;
const hasten = (video: Video): void => void (video.playbackRate = 2);
const limit = (): { timeout: number } => ({ timeout: timeOfEncodes(200) });

test('play shows a title to its end, tells what happens as JSON, and Ctrl-C ends it with 130', async () => {
  const { running, address } = await startPlay('movie');
  const { page, problems } = await openPage(`${address}#t=1`);
  await running.waitFor(/"event":"startup"/);
  const video = page.locator('video');
  expect(await video.evaluate(timeOf)).toBeGreaterThanOrEqual(1);
  expect(await page.textContent('h1')).toBe('movie');
  expect(await page.textContent('#engine')).toBe('HLS by hls.js');

  // The best rung, whether it is on screen or not yet, and then the worst: that is a switch, and chosen by hand.
  const [auto, best = '', ...others] = await page.locator('#quality option').allTextContents();
  expect([auto, others.length]).toEqual(['Automatic', 1]);
  for (const choice of [best, ...others]) {
    await page.selectOption('#quality', { label: choice });
    await page.locator('#numbers dd', { hasText: choice }).waitFor(limit());
  }
  await running.waitFor(/"event":"quality_switch".*"automatic":false/);
  await video.evaluate(hasten);
  await running.waitFor(/"event":"ended"/);
  expect(problems).toEqual([]);
  await page.close();

  running.child.kill('SIGINT');
  const { exitCode, events, stderr } = await running.done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'error: interrupted\n' });
  for (const event of events) expect(validate(event), JSON.stringify(event)).toBe(true);
  const named = (name: string): JsonLine | undefined => events.find((line) => line['event'] === name);
  expect(events[0]).toMatchObject({ type: 'serving', source: 'movie', format: 'hls', exposedAt: [] });
  expect(named('startup')).toMatchObject({ player: 'hls.js', format: 'hls', title: 'movie' });
  const ended = named('ended');
  expect(ended?.['position']).toBeGreaterThan(19.9);
  expect(ended?.['watchedSeconds']).toBeGreaterThan(17);
  expect(ended?.['switches']).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'interrupted', exitCode: 130 });
});

test('what cannot be played is refused at once', async () => {
  await fs.mkdir(path.join(root, 'empty'), { recursive: true });
  expect(await runMediactl(['play', 'empty', '--no-open'], { cwd: root })).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('there is nothing to play in empty'),
  });
  expect(await runMediactl(['play', 'nowhere', '--no-open'], { cwd: root })).toMatchObject({ exitCode: 3 });
  expect(await runMediactl(['play', 'clip.mkv', '--no-open'], { cwd: root })).toMatchObject({ exitCode: 3 });
  expect(await runMediactl(['play'], { cwd: root })).toMatchObject({ exitCode: 2 });
});
