import fs from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../../support/browser.js';
import { useWorkshop } from '../robust/workshop.js';
import { startMediactl, type JsonLine } from '../run.js';

/** play --keys: the real page in Chromium, with keys from the server that it came from. */

const KID = (first: string): string => first.repeat(32);
const KEY_SETS = {
  one: [{ label: 'all', kid: KID('a'), key: 'fedcba98765432100f1e2d3c4b5a6978' }],
  several: [
    { label: '90p', kid: KID('1'), key: '0f1e2d3c4b5a69780f1e2d3c4b5a6970' },
    { label: 'sd', kid: KID('2'), key: '1f1e2d3c4b5a69780f1e2d3c4b5a6971' },
    { label: 'audio', kid: KID('3'), key: '2f1e2d3c4b5a69780f1e2d3c4b5a6972' },
  ],
};

const shop = useWorkshop();
let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
  for (const [name, keys] of Object.entries(KEY_SETS)) {
    const text = JSON.stringify({ schema: 'mediactl.keys/1', keys });
    await fs.writeFile(shop.path(`${name}.json`), text, { mode: 0o600 });
  }
  for (const [scheme, keys] of [
    ['cenc', 'one'],
    ['cbcs', 'several'],
  ] as const) {
    const made = await shop.encode(scheme, '--drm', scheme, '--keys', shop.path(`${keys}.json`));
    if (made.exitCode !== 0) throw new Error(made.stdout + made.stderr);
  }
});
afterAll(() => browser?.close());

/** Plays it, and gives what the page has told until it came to its end. */
async function playToEnd(where: string, keys: string): Promise<JsonLine[]> {
  const running = startMediactl(['play', where, '--keys', keys, '--no-open', '--json', '--port', '0']);
  let text = '';
  running.child.stdout?.on('data', (piece: string) => (text += piece));
  await running.waitFor(/"type":"serving".*\n/);
  const lines = (): JsonLine[] =>
    text.split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as JsonLine] : []));
  const page = await browser.newPage();
  try {
    await page.goto(String(lines()[0]?.['address']));
    await running.waitFor(/"event":"(ended|error)".*\n/);
    return lines();
  } finally {
    await page.close();
    running.child.kill('SIGTERM');
    await running.done;
  }
}

describe('is played to its end', () => {
  test.each([
    ['cenc', 'master.m3u8', 'one', 'hls.js'],
    ['cenc', 'clearkey.mpd', 'one', 'shaka'],
    ['cbcs', 'master.m3u8', 'several', 'hls.js'],
    ['cbcs', 'clearkey.mpd', 'several', 'shaka'],
  ])('%s, %s, %s', async (scheme, manifest, keys, player) => {
    const events = await playToEnd(`${shop.path(scheme)}/${manifest}`, shop.path(`${keys}.json`));
    expect(events.filter(({ event }) => event === 'error')).toEqual([]);
    const end = events.find(({ event }) => event === 'ended');
    expect(end).toMatchObject({ player });
    expect(end?.['position']).toBeGreaterThan(6.5);
    expect(JSON.stringify(events)).not.toContain(KEY_SETS.one[0]?.key);
  });
});

test('keys are not given to other machines', async () => {
  const running = startMediactl([
    'play',
    shop.path('cenc'),
    '--keys',
    shop.path('one.json'),
    '--host',
    '0.0.0.0',
    '--no-open',
    '--json',
  ]);
  expect((await running.done).events.at(-1)).toMatchObject({ type: 'error', code: 'usage' });
});
