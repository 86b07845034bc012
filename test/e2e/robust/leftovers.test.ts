import fs from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runMediactl, type JsonLine, type Ran } from '../run.js';
import { CRAWLING, HAS_PROC, segmentDone, untilNoneLeft, useWorkshop } from './workshop.js';

/** What an interrupted run leaves: who else works there leaves it alone, and it can be seen and removed. */

const shop = useWorkshop();

async function interrupt(output: string, ...more: readonly string[]): Promise<void> {
  const run = shop.start(shop.args(output, '--ffmpeg', shop.slow, ...more));
  await run.waitFor(segmentDone('180p', 4));
  run.child.kill('SIGINT');
  await run.done;
  await untilNoneLeft(run.children);
}

describe.skipIf(!HAS_PROC)('what an interrupted run has made', () => {
  test('a narrower command leaves it, and says so; the first command takes it up', async () => {
    await interrupt('narrow');
    const narrow = await shop.encode('narrow', '--only', '90p');
    expect(narrow.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
    const left = narrow.events.filter(({ type }) => type === 'kept');
    expect(left).toMatchObject([{ folder: shop.path('.narrow.mediactl'), seconds: null }]);

    const wide = await shop.encode('narrow');
    const start = wide.events.find(({ type }) => type === 'start');
    const done = Object.fromEntries(
      start?.['renditions'].map((each: { name: string; doneSeconds: number }) => [each.name, each.doneSeconds]),
    );
    expect(start?.['resumed']).toBe(true);
    expect(done['180p']).toBeGreaterThan(0);
    expect(done['90p']).toBeGreaterThan(6);
    expect(wide.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded', status: 'complete' });
    expect(wide.events.filter(({ type }) => type === 'kept')).toEqual([]);
    expect(await fs.readdir(shop.folder)).not.toContain('.narrow.mediactl');
  });

  test('is listed, and removed by rm; a run that is under way keeps it', async () => {
    await interrupt('shelf/left');
    const work = shop.path('shelf/.left.mediactl');
    const ls = async (): Promise<JsonLine> => (await runMediactl(['ls', shop.path('shelf'), '--json'])).events[0]!;
    const listed = await ls();
    expect(listed).toMatchObject({ titles: [], leftovers: [{ folder: work }], others: { objects: 0 } });
    expect(listed['leftovers'][0].bytes).toBeGreaterThan(10_000);
    expect((await runMediactl(['ls', shop.path('shelf')])).stdout).toContain(`mediactl rm ${work} removes them`);

    const rm = (...args: readonly string[]): Promise<Ran> => runMediactl(['rm', ...args, '--json']);
    expect((await rm(work)).exitCode).toBe(2);
    expect((await rm(work, '--dry-run')).events[0]).toMatchObject({ dryRun: true, leftovers: [{ folder: work }] });
    const busy = shop.start(shop.args('shelf/left', '--ffmpeg', shop.slow), { env: CRAWLING });
    await busy.waitFor(/"type":"start"/);
    expect((await rm(work, '--yes')).events.at(-1)).toMatchObject({ code: 'output-busy', exitCode: 7 });
    busy.child.kill('SIGTERM');
    await busy.done;
    expect((await ls())['leftovers']).toMatchObject([{ folder: work }]);
    expect((await rm(shop.path('shelf/left'), '--yes')).exitCode).toBe(0);
    expect(await fs.readdir(shop.path('shelf'))).toEqual([]);
  });
});
