import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Listing } from '../../src/storage/listing.js';
import type { Stored } from '../../src/storage/storage.js';

const HEADERS = { contentType: 'video/mp2t', cacheControl: 'public, max-age=31536000, immutable', metadata: {} };

function object(path: string, more: Partial<Stored> = {}): Stored {
  return { path, bytes: 1_234_567, crc32c: '4waSgw==', generation: '1700000000000001', headers: HEADERS, ...more };
}

async function* listed(objects: Iterable<Stored>): AsyncGenerator<Stored> {
  yield* objects;
  await Promise.resolve();
}

test('each object comes back as it was listed', async () => {
  const objects = [
    object('a'),
    object('b', { crc32c: null, generation: '0' }),
    object('c', { bytes: 5e12, crc32c: '/////w==', heldBy: 'hold' }),
    object('d', { crc32c: 'AAAAAA==', heldBy: 'retention', headers: { ...HEADERS, metadata: { title: 'mövie' } } }),
    object('e', { headers: null }),
    object('日本語/00000.ts', { headers: { ...HEADERS, cacheControl: null } }),
  ];
  const listing = await Listing.of(listed(objects));
  expect([...listing.all()]).toEqual(objects);
  for (const each of objects) expect(await listing.get(each.path)).toEqual(each);
  for (const path of ['', 'A', 'aa', 'bb', '日本', 'z']) expect(await listing.get(path)).toBeNull();
});

test('what does not fit into its columns is kept all the same', async () => {
  const objects = [
    object('a', { generation: '12-34-56' }),
    object('b', { generation: '99999999999999999999' }),
    object('c', { generation: '007' }),
    object('d', { crc32c: 'short' }),
    object('e', { crc32c: '4waSgw' }),
  ];
  const listing = await Listing.of(listed(objects));
  expect([...listing.all()]).toEqual(objects);
});

test('what is set again replaces what was there, and the rest stays found', () => {
  const listing = new Listing();
  for (const path of ['b', 'a', 'c']) listing.set(object(path));
  listing.set(object('a', { bytes: 7, generation: 'odd' }));
  listing.set(object('b', { bytes: 8, heldBy: 'hold' }));
  expect(listing.size).toBe(3);
  expect(listing.find('a')).toEqual(object('a', { bytes: 7, generation: 'odd' }));
  expect([...listing.all()].map(({ path, bytes }) => [path, bytes])).toEqual([
    ['a', 7],
    ['b', 8],
    ['c', 1_234_567],
  ]);
  listing.set(object('a'));
  expect(listing.find('a')).toEqual(object('a'));
  listing.set(object('aa'));
  expect([...listing.all()].map(({ path }) => path)).toEqual(['a', 'aa', 'b', 'c']);
  expect(new Set(['a', 'aa', 'b', 'c'].map((path) => listing.numberOf(path)))).toEqual(new Set([0, 1, 2, 3]));
  expect(listing.numberOf('d')).toBeNull();
});

test('nothing is an empty listing', async () => {
  const listing = await Listing.of(listed([]));
  expect([...listing.all()]).toEqual([]);
  expect(await listing.get('a')).toBeNull();
});

test('in whatever order it was listed, names come sorted and are found', async () => {
  const paths = Array.from(
    { length: 5000 },
    (_, i) => `720p-1a2b3c4d/${String((i * 2741) % 5000).padStart(5, '0')}.ts`,
  );
  const listing = await Listing.of(listed(paths.map((path, i) => object(path, { bytes: i }))));
  expect([...listing.all()].map(({ path }) => path)).toEqual(paths.toSorted());
  for (const [i, path] of paths.entries()) expect((await listing.get(path))?.bytes).toBe(i);
});

const MEMORY_OF_100_000 = `
  import { Listing } from '${new URL('../../dist/storage/listing.js', import.meta.url).href}';
  async function* objects() {
    for (let i = 0; i < 100_000; i++) {
      // As they come from JSON: every string is one of its own.
      const number = String(i).padStart(7, '0');
      yield JSON.parse(JSON.stringify({
        path: 'title/1080p-1a2b3c4d/segment-' + number + '.ts',
        bytes: 1_000_000 + i,
        crc32c: Buffer.from(Uint32Array.of(i * 2654435761).buffer).toString('base64'),
        generation: String(1_700_000_000_000_000 + i),
        headers: { contentType: 'video/mp2t', cacheControl: 'public, max-age=31536000, immutable', metadata: {} },
      }));
    }
  }
  const used = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const listing = await Listing.of(objects());
  const grown = used() - before;
  const last = await listing.get('title/1080p-1a2b3c4d/segment-0099999.ts');
  console.log(JSON.stringify({ grown, last }));`;

test('100 000 objects with names of 40 bytes take less than 15 MB', () => {
  const argv = ['--expose-gc', '--input-type=module', '--eval', MEMORY_OF_100_000];
  const { grown, last } = JSON.parse(execFileSync(process.execPath, argv, { encoding: 'utf8' })) as {
    readonly grown: number;
    readonly last: Stored | null;
  };
  expect(last).toMatchObject({ bytes: 1_099_999, generation: '1700000000099999' });
  expect(grown / 1e6).toBeGreaterThan(2);
  expect(grown / 1e6).toBeLessThan(15);
});
