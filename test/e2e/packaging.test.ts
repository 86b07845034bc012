import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { filesBelow, readMultivariant } from './title.js';

/** What users get: the tarball of `npm pack`, installed into an empty folder. */

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-packaging-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: ROOT, env: cleanEnv() });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
  await fs.writeFile(path.join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed?.filename}`], {
    cwd: folder,
    env: cleanEnv(),
  });
});

afterAll(async () => {
  await fs.rm(folder, { recursive: true, force: true });
});

test('the package holds the program, the presets and the papers, and nothing of the workshop', async () => {
  const files = await filesBelow(path.join(folder, 'node_modules/mediactl'));
  expect(files).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/mediactl.js',
      'package.json',
      'presets/vod.json',
    ]),
  );
  const rooms = new Set(files.map((file) => file.split('/')[0]));
  expect([...rooms].sort()).toEqual(
    ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json', 'presets'].sort(),
  );
  expect(files.filter((file) => file.startsWith('dist/') && !file.endsWith('.js'))).toEqual([
    'dist/mediactl.1',
    ...[
      'dist/page/LICENSE.hls.js.txt',
      'dist/page/LICENSE.shaka-player.txt',
      'dist/page/index.html',
      'dist/page/page.css',
    ],
  ]);
});

test('mediactl --version says the version of the package', async () => {
  const { version } = JSON.parse(await fs.readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect((await mediactl(['--version'])).stdout).toContain(version);
});

test('mediactl ladders finds the presets', async () => {
  const { stdout } = await mediactl(['ladders']);
  for (const name of ['vod', 'live', 'long-form', 'vod-4k']) expect(stdout).toContain(name);
});

test('mediactl encodes', async () => {
  await mediactl(['encode', await clip('short04'), '-o', 'title', '--encoder-preset', 'ultrafast']);
  const { variants } = await readMultivariant(path.join(folder, 'title/master.m3u8'));
  expect(variants).toHaveLength(1);
});

async function mediactl(args: readonly string[]): Promise<{ stdout: string }> {
  return run(path.join(folder, 'node_modules/.bin/mediactl'), args, { cwd: folder, env: cleanEnv() });
}

/** Without what `npm test` itself put there. */
function cleanEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(npm_|MEDIACTL_|NODE_ENV$|INIT_CWD$)/i.test(key)),
  );
}
