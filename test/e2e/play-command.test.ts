import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFakeGcs } from '../gcs/start.mjs';
import { launchChromium } from '../support/browser.js';
import { timeOfEncodes } from '../support/pace.js';
import { runMediactl, startMediactl, type JsonLine, type Running } from './run.js';

const schema: unknown = JSON.parse(readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8'));
const validate = new Ajv2020({ validateFormats: false }).compile(Object(schema));
const documents: object = JSON.parse(
  readFileSync(new URL('../../docs/documents.schema.json', import.meta.url), 'utf8'),
);
const validateReport = new Ajv2020({ strict: false }).compile({ ...documents, $ref: '#/$defs/beaconReport' });
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
async function startPlay(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ running: Running; address: string }> {
  const running = startMediactl(['play', ...flags, '--no-open', '--json'], { cwd: root, env });
  let text = '';
  running.child.stdout?.on('data', (piece: string) => (text += piece));
  await running.waitFor(/"type":"serving".*\n/);
  const line = text.split('\n').find((each) => each.includes('"serving"')) ?? '{}';
  return { running, address: (JSON.parse(line) as JsonLine)['address'] };
}

/** `watch`: what is to be seen from the start. */
async function openPage(
  address: string,
  watch: (page: Page) => void = () => {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage();
  watch(page);
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

/** Ctrl-C. Gives the lines of stdout. */
async function interrupt(running: Running): Promise<readonly JsonLine[]> {
  running.child.kill('SIGINT');
  const { exitCode, events, stderr } = await running.done;
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'error: interrupted\n' });
  return events;
}

test('play shows a title to its end, tells what happens as JSON, and Ctrl-C ends it with 130', async () => {
  const { running, address } = await startPlay(['movie']);
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

  const events = await interrupt(running);
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

test('a DASH title of another tool plays by Shaka Player: qualities, sounds, to the end', async () => {
  await fs.mkdir(path.join(root, 'dash'));
  await run('ffmpeg', [
    ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=30'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:duration=30', '-f', 'lavfi', '-i', 'sine=frequency=880:duration=30'],
    ...['-map', '0', '-map', '0', '-map', '1', '-map', '2', '-metadata:s:a:0', 'language=eng'],
    ...['-metadata:s:a:1', 'language=fra', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-sc_threshold', '0'],
    ...['-s:v:1', '160x90', '-b:v:0', '400k', '-b:v:1', '100k', '-c:a', 'aac', '-f', 'dash', '-seg_duration', '2'],
    ...['-adaptation_sets', 'id=0,streams=v id=1,streams=2 id=2,streams=3', path.join(root, 'dash/stream.mpd')],
  ]);
  const { running, address } = await startPlay(['dash/stream.mpd']);
  const { page, problems } = await openPage(address);
  await running.waitFor(/"event":"startup"/);
  expect(await page.textContent('#engine')).toBe('DASH by Shaka Player');
  const [auto, best = '', ...others] = await page.locator('#quality option').allTextContents();
  expect([auto, best, others]).toEqual(['Automatic', '180p, 400 kb/s', ['90p, 100 kb/s']]);
  for (const choice of [best, ...others]) {
    await page.selectOption('#quality', { label: choice });
    await page.locator('video').evaluate(hasten);
    await page.locator('#numbers dd', { hasText: choice }).waitFor(limit());
  }
  await running.waitFor(/"event":"quality_switch".*"automatic":false/);
  expect(await page.locator('#audio option').count()).toBe(2);
  await page.selectOption('#audio', '1');
  await running.waitFor(/"event":"ended"/);
  expect(await page.locator('#audio').inputValue()).toBe('1');
  expect(problems).toEqual([]);
  await page.close();
  const events = await interrupt(running);
  for (const event of events) expect(validate(event), JSON.stringify(event)).toBe(true);
  expect(events.find((line) => line['event'] === 'ended')?.['position']).toBeGreaterThan(29.9);
});

test('a private bucket plays without CORS, and what is not there is told', async () => {
  const fake = await startFakeGcs({
    buckets: [{ name: 'media' }],
    tokens: [{ token: 'secret' }],
    settings: { auth: 'required' },
  });
  const env = { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ACCESS_TOKEN: 'secret' };
  try {
    const upload = ['upload', 'movie', 'gs://media/titles/a movie', '--quiet', '--no-receipt'];
    expect(await runMediactl(upload, { cwd: root, env })).toMatchObject({ exitCode: 0, stderr: '' });
    const { running, address } = await startPlay(['gs://media/titles/a movie'], env);
    expect(await (await fetch(`${address}config.json`)).json()).toMatchObject({
      title: 'a movie',
      manifests: [{ format: 'hls', url: 'title/master.m3u8' }],
    });
    const bytes = await fs.readFile(path.join(root, 'movie/master.m3u8'));
    const whole = await fetch(`${address}title/master.m3u8`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(`${address}title/master.m3u8`, { headers: { range: 'bytes=8-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(8, 20))).toBe(true);
    expect((await fetch(`${address}title/other.m3u8`)).status).toBe(404);
    await interrupt(running);
    const play = ['play', 'gs://media/nothing', '--no-open'];
    expect(await runMediactl(play, { cwd: root, env })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('there is nothing to play in gs://media/nothing'),
    });
    expect(await runMediactl(play, { cwd: root, env: { ...env, MEDIACTL_ACCESS_TOKEN: 'wrong' } })).toMatchObject({
      exitCode: 10,
    });
  } finally {
    await fake.stop();
  }
});

test('a title on the web, and a page for a site: where its server allows it', async () => {
  const server = createServer((request, response) => {
    const [, where = '', ...rest] = (request.url ?? '').split('/');
    if (where === 'open') response.setHeader('access-control-allow-origin', '*');
    fs.readFile(path.join(root, 'movie', ...rest)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = (where: string): string => {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${where}/master.m3u8`;
  };
  try {
    const open = await startPlay([at('open')]);
    const { page, problems } = await openPage(open.address);
    await open.running.waitFor(/"event":"startup"/);
    expect(problems).toEqual([]);
    expect(await page.locator('#line').isVisible()).toBe(false);
    await page.close();
    await interrupt(open.running);

    const closed = await startPlay([at('closed')]);
    const refused = await openPage(closed.address);
    await refused.page.locator('#notice', { hasText: 'does not allow other pages to read it (CORS)' }).waitFor(limit());
    await closed.running.waitFor(/"event":"error".*"fatal":true/);
    await refused.page.close();
    await interrupt(closed.running);

    const flags = ['play', '--export', 'player.html', '--src', at('open')];
    const collected = path.join(root, 'collected');
    const collecting = startMediactl(['beacon', 'serve', collected, '--port', '0', '--json'], { cwd: root });
    let told = '';
    collecting.child.stdout?.on('data', (piece: string) => (told += piece));
    await collecting.waitFor(/"type":"listening".*\n/);
    const listening = JSON.parse(told) as JsonLine;
    expect(validate(listening), told).toBe(true);
    expect(listening).toMatchObject({ service: 'beacon', exposedAt: [], encrypted: false });
    const beacon = ['--beacon', String(listening['address'])];
    expect(await runMediactl([...flags, ...beacon], { cwd: root })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    let answered: (status: number) => void = () => {};
    const reported = new Promise<number>((resolve) => (answered = resolve));
    const exported = await openPage(pathToFileURL(path.join(root, 'player.html')).href, (page) => {
      page.on('response', (answer) => {
        const posted = answer.request().method() === 'POST' ? answer.request().postData() : null;
        if (posted?.includes('"event":"startup"') === true) answered(answer.status());
      });
    });
    await exported.page.locator('#engine', { hasText: 'HLS by hls.js' }).waitFor(limit());
    expect(await reported).toBe(204);
    expect(await exported.page.locator('#figures').isVisible()).toBe(false);
    expect(exported.problems).toEqual([]);
    await exported.page.close();
    await interrupt(collecting);
    const report = await runMediactl(['beacon', 'report', collected, '--json', '--by', 'title'], { cwd: root });
    expect(validateReport(report.events[0]), report.stdout).toBe(true);
    expect(report.events[0]).toMatchObject({ unreadable: 0, rows: [{ title: 'open', time: null, starts: 1 }] });
    const table = await runMediactl(['beacon', 'report', collected], { cwd: root });
    expect(table.stdout).toMatch(/^TITLE +UTC +STARTS .*\nopen +\d{4}-\d\d-\d\d \d\d:00 +1 .*\n\n\d+ reports?\n$/);
    expect(await runMediactl(['beacon', 'report', 'movie'], { cwd: root })).toMatchObject({ exitCode: 3, stdout: '' });
    // A file that is there is somebody's.
    expect(await runMediactl(flags, { cwd: root })).toMatchObject({ exitCode: 6 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
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
