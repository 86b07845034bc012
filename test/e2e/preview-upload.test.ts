import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { text } from './fake-bench.js';
import type { JsonLine, Ran } from './run.js';
import { NAMES, useTitles } from './title-bench.js';

/** `upload --dry-run`: what it says is what the upload then does. */

const bench = useTitles();
const { at } = bench;
const run = (...args: string[]): Promise<Ran> => bench.run(args);

/** Of the bench's titles. */
const RENDITIONS = 2;

interface Planned {
  readonly path: string;
  readonly action: string;
  readonly replaces: boolean;
  readonly bytes: number;
}

/** Asks for one listing, the record and its journals at most, and writes nothing. */
async function preview(folder: string, name: string, ...more: string[]): Promise<JsonLine> {
  await bench.fake.control.clearLog();
  const { events, exitCode, stderr } = await run('upload', '--dry-run', '--json', ...more, '--', folder, at(name));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const kinds = (await bench.requests()).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind !== 'object-media')).toEqual(['object-list']);
  expect(kinds.length).toBeLessThanOrEqual(2 + RENDITIONS);
  expect(await bench.writes()).toEqual([]);
  return Object(events[0]);
}

/** Does it, and compares: every object with the bytes and headers that were told, and no other writes. */
async function expectKept(planned: JsonLine, folder: string, name: string, ...more: string[]): Promise<void> {
  await bench.fake.control.clearLog();
  expect((await run('upload', ...more, '--', folder, at(name))).exitCode).toBe(0);
  const prefix = `${bench.place}/${name}/`;
  const wanted = (action: string): string[] =>
    planned['objects']
      .filter((object: Planned) => object.action === action)
      .map((object: Planned) => object.path)
      .toSorted();
  const written = (operation: RegExp, not = /^$/): string[] =>
    [...writes]
      .filter((write) => operation.test(write.operation) && !not.test(write.operation))
      .map(({ object }) => object.slice(prefix.length))
      .toSorted();
  const writes = await bench.writes();
  expect(written(/insert/)).toEqual(wanted('send'));
  expect(written(/patch/)).toEqual(wanted('patch'));
  expect(written(/delete/)).toEqual(wanted('remove'));
  const there = new Map((await bench.fake.control.objects('media')).map((object) => [text(object['name']), object]));
  for (const { path: name, action, bytes, contentType, cacheControl, metadata } of planned['objects']) {
    const found = there.get(prefix + name);
    if (action === 'remove') expect(found).toBeUndefined();
    else expect(found).toMatchObject({ size: String(bytes), contentType, cacheControl });
    if (action !== 'remove') expect(found?.['metadata'] ?? {}).toMatchObject(metadata);
  }
}

const version = (name: 'first' | 'second'): string => path.join(bench.root, name);

test.each(NAMES.slice(0, 5))('a title named %j: sent, then left', async (name) => {
  const empty = await preview(version('first'), name);
  expect(empty).toMatchObject({ dryRun: true, destination: at(name), leave: { objects: 0 }, remove: { objects: 0 } });
  await expectKept(empty, version('first'), name);
  const again = await preview(version('first'), name);
  expect(again).toMatchObject({ send: { objects: 0 }, leave: empty['send'] });
  await expectKept(again, version('first'), name);
});

test('a title: patched, replaced with its older version removed, and back', async () => {
  await bench.publish('movie');
  const labelled = await preview(version('first'), 'movie', '--metadata', 'a=b');
  expect(labelled).toMatchObject({ send: { objects: 0 }, leave: { objects: 0 } });
  await expectKept(labelled, version('first'), 'movie', '--metadata', 'a=b');
  const replaced = await preview(version('second'), 'movie', '--keep-versions', '0');
  expect(replaced['remove'].objects).toBeGreaterThan(5);
  await expectKept(replaced, version('second'), 'movie', '--keep-versions', '0');
  await expectKept(await preview(version('first'), 'movie'), version('first'), 'movie');
});

test('a tree: what is new, replaced, patched, left, and left out', async () => {
  const tree = path.join(bench.cwd, '-my #tree?');
  const put = async (name: string, content: string): Promise<void> => {
    await fs.mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await fs.writeFile(path.join(tree, name), content);
  };
  await put('v 1/a%20b.ts', 'x'.repeat(188));
  await put('v 1/ü.m3u8', '#EXTM3U\n#EXT-X-ENDLIST\n');
  await put('.hidden', '');
  await put('v 1.receipt.json', '{}');
  const empty = await preview('-my #tree?', 'tree');
  expect(empty).toMatchObject({ send: { objects: 2, bytes: 211 }, skipped: ['.hidden', 'v 1.receipt.json'] });
  await expectKept(empty, '-my #tree?', 'tree');
  await put('v 1/ü.m3u8', '#EXTM3U\n\n#EXT-X-ENDLIST\n');
  await put('new.jpg', 'y');
  await bench.api('PATCH', `${bench.place}/tree/v 1/a%20b.ts`, '{"cacheControl":"no-store"}');
  const changed = await preview('-my #tree?', 'tree');
  expect(changed).toMatchObject({
    objects: [
      { path: 'new.jpg', action: 'send', replaces: false },
      { path: 'v 1/a%20b.ts', action: 'patch' },
      { path: 'v 1/ü.m3u8', action: 'send', replaces: true },
    ],
  });
  const { stdout } = await run('upload', '-n', '--', '-my #tree?', at('tree'));
  expect(stdout).toMatch(/^replace +24 B +application\/vnd\.apple\.mpegurl +public, max-age=60 +v 1\/ü\.m3u8$/m);
  expect(stdout).toMatch(/would send 2 objects, 25 B; patch 1 object, 188 B\n$/);
  await expectKept(changed, '-my #tree?', 'tree');
});

test('what the upload would refuse is refused; nothing goes with --check', async () => {
  await bench.api('POST', `${bench.place}/movie/master.m3u8`, 'of somebody else');
  const args = [version('first'), at('movie'), '--json'];
  expect((await run('upload', '-n', ...args)).events).toMatchObject([{ code: 'output-not-ours', exitCode: 6 }]);
  expect((await run('upload', '-n', '--force', ...args)).events).toMatchObject([{ dryRun: true }]);
  expect((await run('upload', '-n', 'nowhere', at('movie'), '--json')).events).toMatchObject([
    { code: 'input-not-found' },
  ]);
  expect((await run('upload', '-n', '--check', 'x')).exitCode).toBe(2);
  expect((await run('upload', '-n', version('first'))).stderr).toContain('no DEST was given');
});
