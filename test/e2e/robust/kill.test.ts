import fs from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileStamps, segmentSums, titleFacts, useWholeTitle, type TitleFacts, type TitleFormat } from './facts.js';
import { whichRuns } from './processes.js';
import { CRAWLING, exists, HAS_PROC, segmentDone, SEGMENTS, until, untilNoneLeft, useWorkshop } from './workshop.js';

/** kill -9 of mediactl at any moment: nothing goes on running, and the same command goes on as if nothing was. */

const ALL = Array.from({ length: SEGMENTS }, (_, i) => i);

const shop = useWorkshop();
const wholes: Readonly<Record<TitleFormat, () => TitleFacts>> = {
  hls: useWholeTitle(shop),
  cmaf: useWholeTitle(shop, 'cmaf'),
  'hls,cmaf': useWholeTitle(shop, 'hls,cmaf'),
};

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
    ['shared', 'hls', ['--decode', 'shared'], '180p', 4],
    ['per-rung', 'cmaf', ['--decode', 'per-rung'], '90p', 4],
    ['single-process', 'hls,cmaf', ['--decode', 'single-process'], '180p', 4],
    ['one rung at a time', 'hls', ['--jobs', '1'], '90p', 1],
  ] as const)('in the middle (%s, %s): whole chunks stay, the others come out as they were', async (...row) => {
    const [, format, given, rung, index] = row;
    const options = [...given, '--format', format];
    const output = given.join('').slice(2);
    const run = shop.start(shop.args(output, '--ffmpeg', shop.slow, ...options));
    await run.waitFor(segmentDone(rung, index));
    run.child.kill('SIGKILL');
    await untilNoneLeft(run.children);
    expect(await exists(shop.path(output))).toBe(false);

    const staging = shop.path(`.${output}.mediactl`);
    const done = await journaled(staging);
    const before = await fileStamps(staging);
    const sums = await segmentSums(staging);
    const events = await expectWholeAfterResume(output, format, options);
    const after = await fileStamps(shop.path(output));

    expect([...done.values()].flat().length).toBeGreaterThan(0);
    for (const [id, stays] of done) {
      for (const i of stays) {
        const file = [`${id}/0000${i}.ts`, `${id}/0000${i}.m4s`].find((name) => before.has(name)) ?? id;
        expect([file, after.get(file)]).toEqual([file, before.get(file)]);
      }
      const again = events.filter(({ type, rendition }) => type === 'segment' && rendition === id);
      const indexes = again.map((event) => Number(event['index'])).toSorted();
      expect(indexes).toEqual(ALL.filter((i) => !stays.includes(i)));
    }
    // What was closed before, and perhaps brought to a bucket, is the same to the byte.
    expect(Object.keys(sums).length).toBeGreaterThan([...done.values()].flat().length);
    expect(wholes[format]().sums).toMatchObject(sums);
  });

  test('anywhere in publishing: no title or a whole one is seen, nothing is encoded again', async () => {
    const preload = new URL('./die-at-rename.mjs', import.meta.url).href;
    const both = ['--format', 'hls,cmaf'];
    const renames = wholes['hls,cmaf']().files.length;
    // The first segment, some in the middle, around the master playlist and the record, which come last.
    for (const [i, at] of [1, 8, 1, renames].entries()) {
      const run = shop.start(shop.args('publishing', ...both), {
        env: { NODE_OPTIONS: `--import ${preload}`, DIE_BELOW: shop.path('publishing'), DIE_AT: String(at) },
      });
      const { signal, events } = await run.done;
      if (signal === null) break;
      expect(signal).toBe('SIGKILL');
      await untilNoneLeft(run.children);
      expect(events.some(({ type }) => type === 'segment')).toBe(i === 0);
      if (await exists(path.join(shop.path('publishing'), 'master.m3u8'))) {
        const { times } = await titleFacts(shop.path('publishing'));
        // The one form may be there before the other is.
        expect(wholes['hls,cmaf']().times).toMatchObject(times);
      }
    }
    const events = await expectWholeAfterResume('publishing', 'hls,cmaf', both);
    expect(events.filter(({ type }) => type === 'segment')).toEqual([]);
  });
});

async function expectWholeAfterResume(
  output: string,
  format: TitleFormat = 'hls',
  options: readonly string[] = [],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { exitCode, stdout, stderr, events } = await shop.encode(output, ...options);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(await titleFacts(shop.path(output))).toEqual(wholes[format]());
  expect(await exists(shop.path(`.${output}.mediactl`))).toBe(false);
  return events;
}

/** Rendition id → segments of the chunks that were whole. */
async function journaled(staging: string): Promise<Map<string, number[]>> {
  const done = new Map<string, number[]>();
  for (const id of await fs.readdir(path.join(staging, 'journal'))) {
    const whole: number[] = [];
    for (const name of await fs.readdir(path.join(staging, 'journal', id))) {
      const text = await fs.readFile(path.join(staging, 'journal', id, name), 'utf8');
      const indexes = [...text.matchAll(/"index":(\d+)/g)].map(([, index]) => Number(index));
      if (text.includes('"chunk":true')) whole.push(...indexes);
    }
    done.set(id, whole.toSorted());
  }
  return done;
}
