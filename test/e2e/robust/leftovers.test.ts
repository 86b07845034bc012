import fs from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { HAS_PROC, segmentDone, untilNoneLeft, useWorkshop } from './workshop.js';

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
});
