// `npm test`: makes a fresh clone ready, then runs vitest with the given arguments. `--quick`: all but what runs the
// real program end to end. Node built-ins only.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { makeReady, ROOT } from './setup/ready.mjs';
import { findTool } from './setup/system-tools.mjs';

const given = process.argv.slice(2);
const isQuick = given.includes('--quick');
// What is left then waits more than it works.
const quick = isQuick ? ['--exclude', 'test/e2e/**', '--maxWorkers', '4', '--no-isolate'] : [];

const notices = makeReady({ needed: ['ffmpeg', 'ffprobe'], wanted: isQuick ? ['ps'] : ['ps', 'chromium'] });
announce();

const { status, signal } = spawnSync(
  process.execPath,
  [
    path.join(ROOT, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...quick,
    ...given.filter((argument) => argument !== '--quick'),
  ],
  {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    // The playback test looks here; empty: it skips itself.
    env: { ...process.env, CHROME_BIN: process.env['CHROME_BIN'] || (findTool('chromium') ?? '') },
  },
);
announce();
process.exitCode = signal ? 1 : (status ?? 1);

function announce() {
  for (const notice of notices) process.stderr.write(`\n!!! SKIPPED TESTS: ${notice}\n\n`);
}
