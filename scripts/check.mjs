// `npm run check`: everything that can be said of the code without running it. Runs all, then fails if any failed.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { makeReady, ROOT } from './setup/ready.mjs';

/** Each a script of an npm package or of this folder, run by this Node. */
const CHECKS = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '-p', 'src/page'] },
  { name: 'lint', script: 'node_modules/oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'layers', script: 'scripts/check-layers.mjs', args: [] },
  { name: 'spreads', script: 'scripts/check-spreads.mjs', args: [] },
  { name: 'format', script: 'node_modules/prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
  { name: 'dead code', script: 'node_modules/knip/bin/knip.js', args: [] },
  { name: 'build', script: 'scripts/build.mjs', args: [] },
  { name: 'package', script: 'node_modules/publint/src/cli.js', args: ['--strict', '--pack', 'npm'] },
];

makeReady({ needed: [] });
const only = process.argv.slice(2);
const failed = [];
for (const { name, script, args } of CHECKS) {
  if (only.length > 0 && !only.includes(name)) continue;
  const started = performance.now();
  const { status } = spawnSync(process.execPath, [path.join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stdout.write(`check failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
