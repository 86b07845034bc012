import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clip, CLIPS, type ClipName } from '../../../fixtures/clips.js';
import { smallLadder } from '../../../fixtures/ladders.js';
import { runMediactl, type Ran } from '../run.js';
import { brokenRules, seeTitle } from '../title-rules.js';
import { checkCorners, checkFields, checkGrey, checkMarks, checkPicture, checkSound, volume } from './checks.js';
import { DAMAGE, REFUSED, TITLES, type Expected } from './titles.js';

/** Every kind of file through the real program; what comes out is looked at by ffprobe, FFmpeg and plain reading. */

let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl correctness '));
  for (const shortSides of [[180], [90, 180], [90, 180, 360]] as const) {
    await fs.writeFile(ladderOf(shortSides.length), JSON.stringify(smallLadder(...shortSides)));
  }
});
afterAll(async () => {
  await fs.rm(root, { recursive: true, force: true });
});

describe('what comes out keeps every rule and is what the source shows', () => {
  for (const [name, expected] of Object.entries(TITLES) as [ClipName, Expected][]) {
    test.concurrent(`${name}: ${CLIPS[name].description}`, async () => {
      const folder = path.join(root, name);
      const { exitCode, events, stderr } = await encodeOnce(name);
      expect(exitCode, stderr).toBe(0);
      const result = events.at(-1);
      const codes: string[] = result?.['warnings'].map(({ code }: { code: string }) => code);
      expect(codes).toEqual(expect.arrayContaining([...(expected.warnings ?? [])]));
      if (!expected.warnings) expect(codes).toEqual([]);
      expect(result?.['status']).toBe(codes.some((code) => DAMAGE.includes(code)) ? 'damaged' : 'complete');

      const title = await seeTitle(folder, expected.rate);
      expect(await brokenRules(title)).toEqual([]);
      checkPicture(title, expected);
      checkSound(title, expected);
      if (expected.corners !== undefined) await checkCorners(title, expected.corners);
      if (expected.grey) await checkGrey(title, expected.grey);
      if (expected.flashes) await checkMarks(folder, expected);
      if (expected.fields) await checkFields(await clip(name), title);
    });
  }
});

describe('what cannot be handled is refused by its name, and nothing is written', () => {
  for (const [name, code] of Object.entries(REFUSED) as [ClipName, string][]) {
    test.concurrent(`${name}: ${CLIPS[name].description}`, async () => {
      const folder = path.join(root, `refused-${name}`, 'title');
      await fs.mkdir(path.dirname(folder));
      const { exitCode, events } = await encode(name, folder);
      expect(exitCode).toBe(3);
      expect(events.at(-1)).toMatchObject({ type: 'error', code });
      expect(await fs.readdir(path.dirname(folder))).toEqual([]);
    });
  }

  test.concurrent.each(['damagedMiddle', 'truncatedTransport'] as const)('%s with --strict', async (name) => {
    const folder = path.join(root, `strict-${name}`, 'title');
    await fs.mkdir(path.dirname(folder));
    const { exitCode, events } = await encode(name, folder, '--strict', '--no-keep');
    expect(exitCode).toBe(9);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'strict-warnings' });
    expect(await fs.readdir(path.dirname(folder))).toEqual([]);
  });
});

test.concurrent('the built-in ladder: High profile, 6.006 s at 24000/1001, an IDR picture every 2 s', async () => {
  const folder = path.join(root, 'vod');
  const source = await clip('segments20');
  const { exitCode, stderr } = await runMediactl(['encode', source, '-o', folder, '--encoder-preset', 'veryfast']);
  expect(exitCode, stderr).toBe(0);
  const title = await seeTitle(folder, '24000/1001');
  expect(await brokenRules(title)).toEqual([]);
  const [rung] = title.rungs;
  expect(rung?.stream['profile']).toBe('High');
  expect(rung?.segments.map(({ packets }) => packets)).toEqual([144, 144, 144, 48]);
  expect(rung?.segments.map(({ idrTicks }) => idrTicks.length)).toEqual([3, 3, 3, 1]);
  expect(rung?.playlist.tags.get('EXT-X-TARGETDURATION')).toBe('6');
});

test.concurrent('5.1 at full scale is folded down without clipping, mono keeps its level', async () => {
  const [loud, mono] = [path.join(root, 'loud51'), path.join(root, 'commentary')];
  await Promise.all([encodeOnce('loud51'), encodeOnce('commentary')]);
  const folded = await volume(path.join(loud, 'master.m3u8'));
  expect(folded.max).toBeGreaterThan(-3);
  expect(folded.max).toBeLessThan(0);
  const [before, after] = [await volume(await clip('commentary')), await volume(path.join(mono, 'master.m3u8'))];
  expect(Math.abs(after.mean - before.mean)).toBeLessThan(0.5);
});

const made = new Map<ClipName, Promise<Ran>>();

/** The title of a clip, in the folder of its name: several tests look at it. */
async function encodeOnce(name: ClipName): Promise<Ran> {
  const running = made.get(name) ?? encode(name, path.join(root, name));
  made.set(name, running);
  return running;
}

async function encode(name: ClipName, folder: string, ...flags: readonly string[]): Promise<Ran> {
  const expected = TITLES[name];
  const rungs = expected?.tall ? 3 : expected?.sizes === undefined ? 1 : 2;
  return runMediactl(['encode', await clip(name), '-o', folder, '--ladder', ladderOf(rungs), '--json', ...flags]);
}

function ladderOf(rungs: number): string {
  return path.join(root, `${rungs}.json`);
}
