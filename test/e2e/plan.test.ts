import fs from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { CRAWLING, HAS_PROC, segmentDone, untilNoneLeft, useWorkshop } from './robust/workshop.js';
import { runMediactl, type Ran } from './run.js';

/** What plan says of a destination is what encode does there, exit code included. */

const shop = useWorkshop();

const commandLine = (output: string, more: readonly string[]): readonly string[] => {
  const [, input = '', ...args] = shop.args(output, ...more);
  return [input, ...args];
};
const plan = (output: string, ...more: readonly string[]): Promise<Ran> =>
  runMediactl(['plan', ...commandLine(output, more)]);
const outlook = async (output: string, ...more: readonly string[]): Promise<unknown> =>
  (await plan(output, ...more)).events[0]?.['destination'];

beforeAll(async () => {
  await shop.encode('there');
});

test('a new title, one that is there, and one that is replaced', async () => {
  const before = await fs.readdir(shop.folder);
  expect(await outlook('new')).toEqual({ state: 'new', exitCode: 0, keptSeconds: 0, replaces: null, refusal: null });
  expect(await outlook('there')).toMatchObject({ state: 'unchanged', exitCode: 0, replaces: null });
  expect(await outlook('there', '--only', '90p')).toMatchObject({
    state: 'replaces',
    replaces: { source: 'source.mp4', because: 'the source or the options changed', loses: ['180p'] },
  });
  expect(await outlook('there', '--force')).toMatchObject({ state: 'replaces', replaces: { loses: [] } });
  expect(await fs.readdir(shop.folder)).toEqual(before);
});

test('what encode refuses, plan refuses, with the same code', async () => {
  await fs.mkdir(shop.path('foreign'));
  await fs.writeFile(path.join(shop.path('foreign'), 'master.m3u8'), '#EXTM3U');
  await fs.writeFile(shop.path('file'), '');
  const other = path.join(shop.folder, 'other.mp4');
  await fs.copyFile(await clip('plain3'), other);
  for (const [args, code] of [
    [shop.args('foreign'), 'output-not-ours'],
    [shop.args('file'), 'output-not-a-folder'],
    [['encode', other, ...shop.args('there').slice(2)], 'output-other-source'],
  ] as const) {
    const encoded = await runMediactl(args);
    expect(encoded.events.at(-1)).toMatchObject({ type: 'error', code, exitCode: 6 });
    const error = encoded.events.at(-1);
    const [message, reason, hint] = [error?.['message'], error?.['reason'], error?.['hint']];
    const planned = await runMediactl(['plan', ...args.slice(1)]);
    expect(planned.exitCode).toBe(6);
    expect(planned.events[0]?.['destination']).toMatchObject({
      state: 'refused',
      exitCode: 6,
      refusal: { code, message, reason, hint },
    });
    expect(planned.events[0]?.['plan'].renditions.length).toBeGreaterThan(0);
  }
});

test('in words; commands when they are asked for', async () => {
  const text = async (...args: readonly string[]): Promise<Ran> =>
    runMediactl(['plan', ...args.filter((word) => word !== '--json')]);
  const fewer = await text(...commandLine('there', ['--only', '90p']));
  expect(fewer.stdout).toMatch(/\ndestination {2}\S*there\n {2}replaces the title of source\.mp4, made .* UTC: /);
  expect(fewer.stdout).toMatch(/\n {2}it would lose 180p\n/);
  expect(fewer.stdout).not.toContain('ffmpeg -');
  const refused = await text(...commandLine('file', ['--commands']));
  expect(refused.exitCode).toBe(6);
  expect(refused.stdout).toMatch(/\n {2}refused \(exit code 6\): [^]*cannot\s+be\s+a\s+folder/);
  expect(refused.stdout).toMatch(/\ncommands\n[^]*ffmpeg -/);
});

test.skipIf(!HAS_PROC)('a run that holds it, and then where the next one goes on', async () => {
  const run = shop.start(shop.args('held', '--ffmpeg', shop.slow), { env: CRAWLING });
  await run.waitFor(segmentDone('180p', 0));
  const busy = await plan('held');
  expect([busy.exitCode, busy.events[0]?.['destination'].refusal.code]).toEqual([7, 'output-busy']);
  run.child.kill('SIGINT');
  await run.done;
  await untilNoneLeft(run.children);
  const keptSeconds: unknown = (await plan('held')).events[0]?.['destination'].keptSeconds;
  const resumed = await shop.encode('held');
  const start = resumed.events.find(({ type }) => type === 'start');
  const done = start?.['renditions'].map(({ doneSeconds }: { doneSeconds: number }) => doneSeconds) as number[];
  expect(keptSeconds).toBe(Math.min(...done));
});
