import { expect, test } from 'vitest';
import { titleFolders } from '../../../src/pipeline/titles/title-folders.js';
import type { Stored } from '../../../src/storage/storage.js';

async function split(paths: readonly string[]): Promise<{ titles: Record<string, string[]>; others: string[] }> {
  const titles: Record<string, string[]> = {};
  const others: string[] = [];
  async function* listing(): AsyncGenerator<Stored> {
    // As a bucket lists: by the bytes of the names.
    for (const path of paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      yield { path, bytes: 1, crc32c: null, generation: '1', headers: null };
    }
  }
  for await (const { root, objects } of titleFolders(listing(), ({ path }) => others.push(path))) {
    titles[root] = [...objects.all()].map(({ path }) => path).toSorted();
  }
  return { titles, others: others.toSorted() };
}

test('each object goes to the nearest title above it, whatever sorts between', async () => {
  expect(
    await split([
      ...[
        'a/mediactl.json',
        'a/z/1.ts',
        'a/0/1.ts',
        'a-b/x.ts',
        'a-b/mediactl.json',
        'a b/mediactl.json',
        'a.txt',
        'ab/mediactl.json',
      ],
      ...['a/extras/mediactl.json', 'a/extras/v/1.ts', 'a/extra.ts', 'ü/漢/mediactl.json', 'ü/漢/s/1.ts', 'ü/loose'],
    ]),
  ).toEqual({
    titles: {
      a: ['a/0/1.ts', 'a/extra.ts', 'a/mediactl.json', 'a/z/1.ts'],
      'a b': ['a b/mediactl.json'],
      ab: ['ab/mediactl.json'],
      'a-b': ['a-b/mediactl.json', 'a-b/x.ts'],
      'a/extras': ['a/extras/mediactl.json', 'a/extras/v/1.ts'],
      'ü/漢': ['ü/漢/mediactl.json', 'ü/漢/s/1.ts'],
    },
    others: ['a.txt', 'ü/loose'],
  });
});

test('a title at the top has all below it', async () => {
  expect(await split(['mediactl.json', 'v/1.ts', 'v/w/2.ts'])).toEqual({
    titles: { '': ['mediactl.json', 'v/1.ts', 'v/w/2.ts'] },
    others: [],
  });
  expect(await split([])).toEqual({ titles: {}, others: [] });
  expect(await split(['mediactl.json.bak', 'v/xmediactl.json'])).toMatchObject({ titles: {} });
});
