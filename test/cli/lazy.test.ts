import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);

// Hooks run in a thread of their own: what they find goes to stderr at once.
const HOOKS = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    writeSync(2, 'loaded ' + url + '\\n');
    return next(url, context);
  }`;
const REGISTER = `
  import { register } from 'node:module';
  register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(HOOKS))});`;

/** Packages that a run of the program loads, and how many modules of its own. */
function loadedBy(...args: string[]): { packages: string[]; modules: number } {
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(REGISTER)}`, 'bin/mediactl.js', ...args];
  const { stderr, status } = spawnSync(process.execPath, argv, { cwd: fileURLToPath(ROOT), encoding: 'utf8' });
  expect(status).toBe(0);
  const urls = [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url]) => url!);
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  return { packages: [...new Set(packages)], modules: urls.filter((url) => url.includes('/dist/')).length };
}

test('what is asked most often loads no package', () => {
  for (const flag of ['--help', '--version']) {
    const { packages, modules } = loadedBy(flag);
    expect(packages).toEqual([]);
    expect(modules).toBeGreaterThan(0);
  }
});

test.each(['encode', 'upload', 'doctor'])('the help of %s loads commander, and not what checks settings', (command) => {
  expect(loadedBy(command, '--help').packages).toEqual(['commander']);
});

test('checking settings does load zod, so that this would be seen', () => {
  expect(loadedBy('encode', '--print-config', '--no-config').packages).toContain('zod');
});
