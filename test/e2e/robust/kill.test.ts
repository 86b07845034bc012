import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileStamps, titleFacts, useWholeTitle } from './facts.js';
import { whichRuns } from './processes.js';
import { CRAWLING, exists, HAS_PROC, segmentDone, SEGMENTS, until, untilNoneLeft, useWorkshop } from './workshop.js';

/** kill -9 of mediactl at any moment: nothing goes on running, and the same command goes on as if nothing was. */

const ALL = Array.from({ length: SEGMENTS }, (_, i) => i);

const shop = useWorkshop();
const whole = useWholeTitle(shop);

describe.skipIf(!HAS_PROC)('killed', () => {
  test('while it looks at the source: nothing is left', async () => {
    const hangs = path.join(shop.folder, 'hanging-ffprobe');
    await fs.writeFile(hangs, '#!/bin/sh\nsleep 100\n', { mode: 0o755 });
    const run = shop.start(shop.args('probing', '--ffprobe', hangs));
    await until('ffprobe', async () => (await whichRuns(await run.children(), /sleep 100/)) !== undefined);
    await until('its guard', async () => (await whichRuns(await run.children(), /guard-watcher/)) !== undefined);
    run.child.kill('SIGKILL');
    await untilNoneLeft(run.children);
    expect(await exists(shop.path('probing'))).toBe(false);
    expect(await exists(shop.path('.probing.mediactl'))).toBe(false);
  });

  test('just after FFmpeg was started', async () => {
    const run = shop.start(shop.args('early', '--ffmpeg', shop.slow), { env: CRAWLING });
    await until('FFmpeg', async () => (await whichRuns(await run.children(), /-readrate/)) !== undefined);
    run.child.kill('SIGKILL');
    await untilNoneLeft(run.children);
    expect(await exists(shop.path('early'))).toBe(false);
    await expectWholeAfterResume('early');
  });

  test.each([
    ['shared', ['--decode', 'shared'], '180p', 2],
    ['per-rung', ['--decode', 'per-rung'], '90p', 2],
    ['single-process', ['--decode', 'single-process'], '180p', 1],
    // Rungs come out largest first: the second pass is at work.
    ['one rung at a time', ['--jobs', '1'], '90p', 1],
  ])('in the middle (%s): goes on at the segment', async (_, options, rung, index) => {
    const output = options.join('').slice(2);
    const run = shop.start(shop.args(output, '--ffmpeg', shop.slow, ...options));
    await run.waitFor(segmentDone(rung, index));
    run.child.kill('SIGKILL');
    await untilNoneLeft(run.children);
    expect(await exists(shop.path(output))).toBe(false);

    const staging = shop.path(`.${output}.mediactl`);
    const done = await journaled(staging);
    const before = await fileStamps(staging);
    const events = await expectWholeAfterResume(output, options);
    const after = await fileStamps(shop.path(output));

    // Of each rendition all but the last recorded segment stay; with one decoder, all but the last that all have.
    const video = [...done].filter(([id]) => !id.startsWith('audio'));
    const open = video.filter(([, segments]) => segments < SEGMENTS);
    const together = options.includes('per-rung') ? Infinity : Math.min(...open.map(([, segments]) => segments));
    let kept = 0;
    for (const [id, segments] of done) {
      const last = id.startsWith('audio') || segments === SEGMENTS ? segments : Math.min(segments, together);
      const stays = segments === SEGMENTS ? SEGMENTS : last - 1;
      for (let i = 0; i < stays; i++) {
        const file = `${id}/0000${i}.ts`;
        expect([file, after.get(file)]).toEqual([file, before.get(file)]);
        kept += 1;
      }
      const again = events.filter(({ type, rendition }) => type === 'segment' && rendition === id);
      expect(again.map((event) => Number(event['index']))).toEqual(ALL.slice(stays));
    }
    expect(kept).toBeGreaterThan(0);
  });

  test('anywhere in publishing: no title or a whole one is seen, nothing is encoded again', async () => {
    const preload = new URL('./die-at-rename.mjs', import.meta.url).href;
    const renames = whole().files.length;
    // The first segment, some in the middle, around the master playlist and the record, which come last.
    for (const [i, at] of [1, 8, 1, renames].entries()) {
      const run = shop.start(shop.args('publishing'), {
        env: { NODE_OPTIONS: `--import ${preload}`, DIE_BELOW: shop.path('publishing'), DIE_AT: String(at) },
      });
      const { signal, events } = await run.done;
      if (signal === null) break;
      expect(signal).toBe('SIGKILL');
      await untilNoneLeft(run.children);
      expect(events.some(({ type }) => type === 'segment')).toBe(i === 0);
      if (await exists(path.join(shop.path('publishing'), 'master.m3u8'))) {
        const { times } = await titleFacts(shop.path('publishing'));
        expect(times).toEqual(whole().times);
      }
    }
    const events = await expectWholeAfterResume('publishing');
    expect(events.filter(({ type }) => type === 'segment')).toEqual([]);
  });
});

async function expectWholeAfterResume(
  output: string,
  options: readonly string[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { exitCode, stdout, stderr, events } = await shop.encode(output, ...options);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(await titleFacts(shop.path(output))).toEqual(whole());
  expect(await exists(shop.path(`.${output}.mediactl`))).toBe(false);
  return events;
}

/** Rendition id → number of recorded segments. */
async function journaled(staging: string): Promise<Map<string, number>> {
  const done = new Map<string, number>();
  for (const name of await fs.readdir(path.join(staging, 'journal'))) {
    const lines = (await fs.readFile(path.join(staging, 'journal', name), 'utf8')).split('\n').slice(0, -1);
    done.set(name.replace('.ndjson', ''), lines.filter((line) => line.includes('"index"')).length);
  }
  return done;
}
