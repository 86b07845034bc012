// `npm test`: makes a fresh clone ready, then runs vitest with the given arguments. Node built-ins only.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { makeReady, ROOT } from './setup/ready.mjs';
import { findTool } from './setup/system-tools.mjs';

const notices = makeReady({ needed: ['ffmpeg', 'ffprobe'], wanted: ['ps', 'chromium'] });
announce();

const { status, signal } = spawnSync(
  process.execPath,
  [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...process.argv.slice(2)],
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
