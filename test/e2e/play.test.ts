import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { package_ } from '../../src/stages/package/package.js';
import { launchChromium, play } from '../fixtures/browser.js';
import { audioTrack, stagedTitle, tinyRungs } from '../fixtures/title.js';

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

test('hls.js plays a title to its end and switches rungs up and down without a stall', async () => {
  const title = path.join(root, 'title');
  await package_(await stagedTitle(title, { seconds: 14, rungs: tinyRungs(), audio: [audioTrack()] }));
  const report = await play(browser, title, {
    rate: 2,
    switches: [
      [1, 1],
      [6, 0],
    ],
  });
  expect(report).toMatchObject({ ended: true, fatal: null, errors: [], waits: 0, gaps: 0 });
  expect(report.levels).toEqual([0, 1, 0]);
  expect(report.widths).toEqual([160, 320, 160]);
  // 336 frames at 24000/1001, and the reordering delay.
  expect(report.duration).toBeGreaterThan(14.0);
  expect(report.duration).toBeLessThan(14.2);
  expect(report.time).toBeCloseTo(report.duration, 1);
});

test('hls.js plays a title of sound alone', async () => {
  const title = path.join(root, 'sound');
  await package_(
    await stagedTitle(title, { seconds: 4, audio: [audioTrack(), audioTrack({ id: 'audio-fr-1', language: 'fr' })] }),
  );
  const report = await play(browser, title, { rate: 2 });
  expect(report).toMatchObject({ ended: true, fatal: null, errors: [], waits: 0 });
  expect(report.time).toBeGreaterThan(3.9);
});
