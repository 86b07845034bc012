import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forEachBounded } from '../../src/storage/bounded.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { timeOfEncodes } from '../support/pace.js';
import { runSeed, type SeedCounts } from './chaos/seed.js';
import { makeTitles, type Title, type TitleFormat } from './chaos/titles.js';

/**
 * Titles are published by the real program under random faults and random kill -9s, while a player plays. `npm run
 * chaos -- --seeds 200 --format cmaf` runs many seeds. What is drawn from a seed is the same each time; what it meets is not.
 */

const SEEDS = Number(process.env['CHAOS_SEEDS'] ?? 4);
const FIRST = Number(process.env['CHAOS_FIRST'] ?? 1);
/** More are reported one by one. */
const FEW = 4;
const AT_ONCE = Number(process.env['CHAOS_JOBS'] ?? 3);
/** Of all titles; else each has its own, and titles of several forms replace each other. */
const FORMAT = process.env['CHAOS_FORMAT'] as TitleFormat | undefined;

let fake: FakeGcs;
let titles: readonly Title[] = [];
let root = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-chaos-'));
  fake = await startFakeGcs({ nativeChecksums: true });
  titles = await makeTitles(root, undefined, FORMAT);
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});

test(
  `${SEEDS} seeds: whatever happens, a player meets a whole title, and the end is right`,
  async () => {
    const problems: string[] = [];
    const total: Record<string, number> = {};
    const add = ({ faults, ...counts }: SeedCounts): void => {
      const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
      for (const [key, value] of Object.entries({ seeds: 1, ...counts, 'faults injected': injected })) {
        total[key] = (total[key] ?? 0) + value;
      }
      for (const [key, value] of Object.entries(faults)) {
        total[`fault ${key}`] = (total[`fault ${key}`] ?? 0) + value;
      }
    };
    const seeds = Array.from({ length: SEEDS }, (_, i) => FIRST + i);
    while (seeds.length > 0) {
      await forEachBounded(seeds.splice(0, AT_ONCE * 4), AT_ONCE, async (seed) => {
        const { counts, problems: found } = await runSeed(seed, { fake, titles, root });
        add(counts);
        problems.push(...found);
        if (SEEDS > FEW) process.stderr.write(`seed ${seed}: ${found.join('\n  ') || 'good'}\n`);
      });
      await fake.control.clearLog();
    }
    process.stderr.write(`${JSON.stringify(total, null, 2)}\n`);
    expect(problems).toEqual([]);
    expect(total['titles']).toBeGreaterThan(SEEDS);
    if (SEEDS >= FEW) expect(total['kills']).toBeGreaterThan(0);
    expect(total['faults injected']).toBeGreaterThan(10 * SEEDS);
  },
  timeOfEncodes(1500 + 1000 * SEEDS),
);
