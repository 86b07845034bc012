import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { packagesAreCurrent } from '../../scripts/setup/npm-packages.mjs';
import { ensureTools, findTool, which } from '../../scripts/setup/system-tools.mjs';

let folder = '';

beforeEach(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-setup-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await fs.rm(folder, { recursive: true, force: true });
});

async function lock(packages: object, installed: object | null): Promise<void> {
  await fs.writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }));
  if (!installed) return;
  await fs.mkdir(path.join(folder, 'node_modules', 'a'), { recursive: true });
  await fs.writeFile(path.join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: installed }));
}

test('npm packages are current when each is there in the version of the lock', async () => {
  await lock({ 'node_modules/a': { version: '1.0.0' } }, { 'node_modules/a': { version: '1.0.0' } });
  expect(packagesAreCurrent(folder)).toBe(true);
});

test('a binary for another platform may be missing', async () => {
  await lock(
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/win': { version: '1.0.0', optional: true } },
    { 'node_modules/a': { version: '1.0.0' } },
  );
  expect(packagesAreCurrent(folder)).toBe(true);
});

test.each([
  ['nothing is installed', { 'node_modules/a': { version: '1.0.0' } }, null],
  ['a version differs', { 'node_modules/a': { version: '1.0.1' } }, { 'node_modules/a': { version: '1.0.0' } }],
  ['a package is new', { 'node_modules/b': { version: '1.0.0' } }, { 'node_modules/a': { version: '1.0.0' } }],
  ['a folder is gone', { 'node_modules/b': { version: '1.0.0' } }, { 'node_modules/b': { version: '1.0.0' } }],
])('npm packages are not current when %s', async (_what, wanted, installed) => {
  await lock(wanted, installed);
  expect(packagesAreCurrent(folder)).toBe(false);
});

/** A program in `folder` that notes its arguments and then does `more`. */
async function fakeProgram(name: string, more = ''): Promise<void> {
  const text = `#!/bin/sh\necho "${name} $*" >> '${folder}/log'\n${more}\n`;
  await fs.writeFile(path.join(folder, name), text, { mode: 0o755 });
}

test('a program is found by PATH, and only if it may be run', async () => {
  vi.stubEnv('PATH', `${folder}/nowhere:${folder}`);
  await fs.writeFile(path.join(folder, 'ffmpeg'), '');
  expect(findTool('ffmpeg')).toBe(null);
  await fs.chmod(path.join(folder, 'ffmpeg'), 0o755);
  expect(findTool('ffmpeg')).toBe(path.join(folder, 'ffmpeg'));
  expect(which('chromium')).toBe(null);
});

test('a missing tool is installed by the package manager, the list of packages fetched before', async () => {
  const install = `[ "$1" = install ] && printf '#!/bin/sh\\n' > '${folder}/ffmpeg' && /bin/chmod +x '${folder}/ffmpeg'`;
  await fakeProgram('apt-get', install);
  await fakeProgram('sudo', `[ "$2" = true ] || { shift; exec "$@"; }`);
  vi.stubEnv('PATH', folder);
  expect(ensureTools(['ffmpeg'])).toEqual([]);
  const calls = (await fs.readFile(path.join(folder, 'log'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('apt'));
  expect(calls).toEqual(['apt-get update -q', 'apt-get install -y -q --no-install-recommends ffmpeg']);
});

test('what cannot be installed is reported with the command to run', async () => {
  await fakeProgram('apt-get', 'exit 100');
  await fakeProgram('sudo', `[ "$2" = true ] || { shift; exec "$@"; }`);
  vi.stubEnv('PATH', folder);
  expect(ensureTools(['ffmpeg'])).toEqual([
    {
      name: 'ffmpeg',
      command: 'sudo apt-get install -y -q --no-install-recommends ffmpeg',
      why: 'apt-get could not install it',
    },
  ]);
});

test.skipIf(process.getuid?.() === 0)('without root and without sudo nothing is run', async () => {
  await fakeProgram('apt-get');
  vi.stubEnv('PATH', folder);
  expect(ensureTools(['ffmpeg'])).toMatchObject([{ why: 'installing needs root, or sudo without a password' }]);
  await expect(fs.access(path.join(folder, 'log'))).rejects.toThrow();
});

test('where no package manager is known, that is said', async () => {
  vi.stubEnv('PATH', folder);
  expect(ensureTools(['ffmpeg'])).toMatchObject([{ name: 'ffmpeg', command: null }]);
});
