import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { useBucket } from './bucket-bench.js';
import { fileStamps } from './robust/facts.js';
import { runMediactl, type Ran } from './run.js';

/** What becomes of a title that is there: it is never lost in silence, and never called sound when it is not. */

const QUICK = ['--ladder', 'live', '--encoder-preset', 'ultrafast', '--json'];

const bench = useBucket();
let cwd = '';

beforeAll(async () => {
  cwd = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-replace-'));
  for (const [folder, name] of [
    ['s1', 'plain3'],
    ['s2', 'pal25'],
  ] as const) {
    await fs.mkdir(path.join(cwd, folder));
    await fs.copyFile(await clip(name), path.join(cwd, folder, 'ep.mp4'));
  }
  await fs.copyFile(await clip('damagedMiddle'), path.join(cwd, 'hurt.mp4'));
});
afterAll(() => fs.rm(cwd, { recursive: true, force: true }));

const encode = (input: string, ...more: readonly string[]): Promise<Ran> =>
  runMediactl(['encode', input, ...QUICK, ...more], { cwd, env: bench.env });

test('another source with the same name: refused, in a folder and in a bucket, unless it may replace', async () => {
  const to = `gs://media/${bench.prefix}`;
  for (const destination of [[], ['--to', to, '--no-receipt']]) {
    expect((await encode('s1/ep.mp4', ...destination)).exitCode).toBe(0);
    const before = destination.length === 0 ? await fileStamps(path.join(cwd, 'ep')) : await bench.objects();
    const refused = await encode('s2/ep.mp4', ...destination);
    expect(refused.exitCode).toBe(6);
    const error = refused.events.at(-1);
    expect(error).toMatchObject({ type: 'error', code: 'output-other-source' });
    const [was, is] = await Promise.all(['s1', 's2'].map((folder) => fs.stat(path.join(cwd, folder, 'ep.mp4'))));
    expect(error?.['reason']).toContain(`made from ep.mp4 (${was?.size} bytes`);
    expect(error?.['reason']).toContain(`this source is ep.mp4 (${is?.size} bytes`);
    expect(refused.events.filter(({ type }) => type === 'segment')).toEqual([]);
    const after = destination.length === 0 ? await fileStamps(path.join(cwd, 'ep')) : await bench.objects();
    expect(after).toEqual(before);
    const forced = await encode('s2/ep.mp4', ...destination, destination.length === 0 ? '--replace' : '--force');
    expect(forced.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  }
  expect((await fs.readdir(cwd)).toSorted()).toEqual(['ep', 'hurt.mp4', 's1', 's2']);
});

test('a folder that is uploaded does not replace the title of another source either', async () => {
  const to = `gs://media/${bench.prefix}`;
  await encode('s1/ep.mp4', '-o', 'first');
  await encode('s2/ep.mp4', '-o', 'second');
  const upload = (folder: string, ...more: readonly string[]): Promise<Ran> =>
    runMediactl(['upload', folder, to, '--json', '--no-receipt', ...more], { cwd, env: bench.env });
  expect((await upload('first')).exitCode).toBe(0);
  const before = await bench.objects();
  for (const more of [[], ['--dry-run']])
    expect((await upload('second', ...more)).events.at(-1)).toMatchObject({ code: 'output-other-source', exitCode: 6 });
  expect(await bench.objects()).toEqual(before);
  expect((await upload('second', '--replace')).exitCode).toBe(0);
});

test('renditions that the title would lose are named before anything is encoded', async () => {
  const args = ['s2/ep.mp4', '-o', 'fewer'] as const;
  const all = await encode(...args);
  const names = all.events.at(-1)?.['renditions'].map(({ name }: { name: string }) => name) as string[];
  const kept = names.find((name) => name.endsWith('p')) ?? '';
  const { events } = await encode(...args, '--only', kept);
  const lost = names.filter((name) => name.endsWith('p') && name !== kept);
  const warnings = events.filter(({ type, code }) => type === 'warning' && code === 'renditions-lost');
  expect(lost.length).toBeGreaterThan(0);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ count: lost.length });
  expect(warnings[0]?.['message']).toContain(lost.join(', '));
  expect(events.at(-1)).toMatchObject({ outcome: 'encoded', warnings: [] });
});

test('--strict holds for a title that is there: 9 again, as when it was made', async () => {
  expect((await encode('hurt.mp4')).events.at(-1)).toMatchObject({ outcome: 'encoded', status: 'damaged' });
  const again = await encode('hurt.mp4');
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged', status: 'damaged' });
  const strict = await encode('hurt.mp4', '--strict');
  expect(strict.exitCode).toBe(9);
  expect(strict.events.at(-1)).toMatchObject({ type: 'error', code: 'strict-warnings' });
  expect(strict.events.at(-1)?.['reason']).toContain('errors in the source');
});

test('nothing that is published, nor a receipt, says where a source was, who published it, or on which machine', async () => {
  const secret = 'secret-client-7f3a';
  const folder = path.join(cwd, secret);
  await fs.mkdir(folder);
  await fs.copyFile(await clip('damagedMiddle'), path.join(folder, 'hurt.mp4'));
  const input = path.join(folder, 'hurt.mp4');
  const to = `gs://media/${bench.prefix}`;
  const [local, remote, again] = [path.join(folder, 'title'), `${to}/made`, `${to}/uploaded`];
  const run = async (...args: readonly string[]): Promise<Ran> => {
    const ran = await runMediactl([...args, '--json'], { cwd: folder, env: bench.env });
    expect(ran.exitCode, ran.stderr).toBe(0);
    return ran;
  };
  await run('encode', input, ...QUICK, '-o', local);
  const results = [
    await run('encode', input, ...QUICK, '--to', remote, '--receipt', path.join(folder, 'a.json')),
    await run('upload', local, again),
  ];
  const texts = new Map<string, Buffer>();
  for (const ran of results) texts.set('receipt', await fs.readFile(String(ran.events.at(-1)?.['receipt'])));
  const stamps = await fileStamps(local);
  for (const name of stamps.keys()) texts.set(name, await fs.readFile(path.join(local, name)));
  for (const { path: name } of await bench.objects()) texts.set(`${to}/${name}`, (await bench.get(name)).body);
  expect(texts.size).toBeGreaterThan(20);
  const { username } = os.userInfo();
  for (const [name, bytes] of texts) {
    const said = bytes.toString('latin1');
    expect([name, said.includes(secret), said.includes(cwd)]).toEqual([name, false, false]);
    if (name.endsWith('.ts')) continue;
    for (const word of [os.hostname(), username])
      expect([name, word, isWordOf(said, word)]).toEqual([name, word, false]);
  }
  expect(JSON.parse(String(texts.get('mediactl.json')))).toMatchObject({
    source: { path: 'hurt.mp4' },
    plan: { source: { path: 'hurt.mp4' } },
  });
});

function isWordOf(text: string, word: string): boolean {
  return text.split(/[^\w.-]+/).includes(word);
}
