import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FAST, useBucket } from './bucket-bench.js';
import { runMediactl, type Ran } from './run.js';
import { filesBelow } from './title.js';

/** `mediactl package` to a bucket, and from one: the real program, and the fake server over a socket. */

const bench = useBucket();

test('a title in a folder becomes one of both forms in a bucket, in order, and comes back from there as it was', async () => {
  const run = (...args: readonly string[]): Promise<Ran> => runMediactl(args, { cwd: bench.cwd, env: bench.env });
  const encoded = await run('encode', bench.source, '-o', 'movie', ...FAST);
  expect(encoded.exitCode, encoded.stdout + encoded.stderr).toBe(0);
  const title = `gs://media/${bench.prefix}`;
  const up = await run('package', 'movie', '--to', title, '--format', 'hls,cmaf', '--json', '--no-receipt');
  await bench.expectWhole(up);
  await bench.expectInOrder();
  expect(up.events.at(-1)).toMatchObject({ outcome: 'packaged', cmafPlaylist: `${title}/cmaf.m3u8` });

  const down = await run('package', title, '-o', 'back', '--format', 'hls', '--json');
  expect(down.exitCode, down.stdout + down.stderr).toBe(0);
  const [before, after] = ['movie', 'back'].map((name) => path.join(bench.cwd, name));
  const files = (await filesBelow(before ?? '')).filter((file) => file.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const [one, other] = await Promise.all([before, after].map((folder) => fs.readFile(path.join(folder ?? '', file))));
    expect(other?.equals(one ?? Buffer.alloc(0)), file).toBe(true);
  }

  const again = await run('package', 'movie', '--to', title, '--format', 'hls,cmaf', '--json', '--no-receipt');
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});
