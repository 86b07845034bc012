import { appendFile, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localTitleSource } from '../../../src/pipeline/source/local-source.js';
import type { TitleSource } from '../../../src/pipeline/source/title-source.js';
import { openLocalSource } from '../../../src/stages/probe/local-source.js';

let folder = '';
let file = '';
let source: TitleSource;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-source-'));
  file = join(folder, 'movie.mp4');
  await writeFile(file, 'a movie');
  source = localTitleSource(await openLocalSource(file), file);
});
afterEach(async () => {
  await source.close();
  await rm(folder, { recursive: true, force: true });
});

const changed = { code: 'source-changed', message: expect.stringContaining('movie.mp4') };

test('is read where it is: nothing is fetched, nothing fails by itself', async () => {
  expect(source).toMatchObject({ name: file, distant: false, hasWrongBytes: false });
  expect(source.failed.aborted).toBe(false);
  expect((await source.read(2, 100)).toString()).toBe('movie');
  expect(source.forPasting('/elsewhere')).toEqual({ address: source.address, download: null });
});

test('passes its check while it is what it was', async () => {
  await source.check();
  await source.check(new Error('FFmpeg ended for another reason'));
});

test.each([
  ['longer', () => appendFile(file, '!')],
  ['another file of the same name', () => rm(file).then(() => writeFile(file, 'A movie'))],
  ['gone', () => rm(file)],
  ['written at another time', async () => utimes(file, 1, (await stat(file)).mtimeMs / 1000 + 10)],
  [
    'other bytes in the same size and at the same time',
    async () => {
      const { atime, mtime } = await stat(file);
      await writeFile(file, 'a Movie');
      await utimes(file, atime, mtime);
    },
  ],
])('does not once it is %s', async (_, change) => {
  await change();
  await expect(source.check()).rejects.toMatchObject(changed);
});
