// `npm run chaos [-- --seeds 200 --first 1 --jobs 3 --format cmaf]`: many seeds of test/e2e/bucket-chaos.test.ts, with their counts.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeReady, ROOT } from './setup/ready.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '3' },
    // Of all titles, as `encode --format` has it; else each title has its own.
    format: { type: 'string' },
  },
});
makeReady({ needed: ['ffmpeg', 'ffprobe'] });
const { status } = spawnSync(
  process.execPath,
  [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', 'test/e2e/bucket-chaos.test.ts'],
  {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: Object.assign(
      { ...process.env, CHAOS_SEEDS: values.seeds, CHAOS_FIRST: values.first, CHAOS_JOBS: values.jobs },
      values.format === undefined ? {} : { CHAOS_FORMAT: values.format },
    ),
  },
);
process.exitCode = status ?? 1;
