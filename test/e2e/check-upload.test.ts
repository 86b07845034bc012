import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { text } from './fake-bench.js';
import type { Ran } from './run.js';
import { NAMES, useTitles } from './title-bench.js';

/** `upload --check` and `--repair`: what somebody did to an uploaded title since, and how it is mended. */

const bench = useTitles({
  tokens: [{ token: 'reads-only', permissions: ['storage.objects.get', 'storage.objects.list'] }],
});
const { at, api, publish } = bench;
const run = (...args: string[]): Promise<Ran> => bench.run(args);

interface Uploaded {
  readonly receipt: string;
  readonly objects: readonly { readonly path: string }[];
  /** Name in the bucket of the first object whose path ends so. */
  named(end: string): string;
  check(...more: string[]): Promise<Checked>;
}

interface Checked {
  readonly exitCode: number | null;
  readonly ok: boolean;
  readonly overtaken: boolean;
  /** "code path", and whether it was mended. */
  readonly findings: readonly string[];
}

/** Uploads a copy of the title that is called `name`, here as there. */
async function upload(name: string): Promise<Uploaded> {
  await fs.cp(path.join(bench.root, 'first'), path.join(bench.cwd, name), { recursive: true });
  const { events } = await run('upload', '--json', '--', name, at(name));
  const { receipt, objects } = Object(events.at(-1));
  const named = (end: string): string =>
    `${bench.place}/${name}/${objects.find((object: { path: string }) => object.path.endsWith(end)).path}`;
  const check = async (...more: string[]): Promise<Checked> => {
    const ran = await run('upload', '--check', receipt, '--json', ...more);
    const { ok, overtaken, findings } = Object(ran.events[0]);
    const words = ({ code, path: at, mended }: { code: string; path: string; mended?: boolean }): string =>
      [code, path.posix.basename(at), ...(mended === undefined ? [] : [mended ? 'mended' : 'left'])].join(' ');
    return { exitCode: ran.exitCode, ok, overtaken, findings: findings.map(words) };
  };
  return { receipt, objects, named, check };
}

const RIGHT = { exitCode: 0, ok: true, overtaken: false, findings: [] };

test('a title of any name is right after its upload: one listing says so', async () => {
  for (const name of NAMES) {
    const { check, receipt } = await upload(name);
    expect(receipt).toBe(path.join(bench.cwd, `${name}.receipt.json`));
    await bench.fake.control.clearLog();
    expect(await check()).toEqual(RIGHT);
    expect((await bench.fake.control.counts()).byKind).toEqual({ 'object-list': 1 });
  }
});

test('an unchanged upload writes a receipt that is gone; a receipt goes where it is wanted', async () => {
  const { receipt } = await upload('movie');
  const before = await fs.readFile(receipt, 'utf8');
  await fs.rm(receipt);
  expect((await run('upload', 'movie', at('movie'), '--json')).events.at(-1)).toMatchObject({
    outcome: 'unchanged',
    receipt,
  });
  expect(await fs.readFile(receipt, 'utf8')).toBe(before);
  const said = await run('upload', 'movie', at('movie'), '--receipt', 'there.json');
  expect(said.stderr).toContain(`receipt: ${path.join(bench.cwd, 'there.json')}`);
  expect(await fs.readFile(path.join(bench.cwd, 'there.json'), 'utf8')).toBe(before);
  await fs.rm(receipt);
  await fs.mkdir(receipt);
  const warned = await run('upload', 'movie', at('movie'), '--json');
  expect(warned.events.at(-1)).toMatchObject({ type: 'result', warnings: [{ code: 'receipt-not-written' }] });
  expect((await run('upload', 'movie', at('movie'), '--no-receipt', '--json')).events.at(-1)).not.toHaveProperty(
    'receipt',
  );
});

test('what is missing, and headers, are mended from the folder that the receipt remembers, in order', async () => {
  const { check, named } = await upload("e%20f' #?");
  await api('DELETE', named('00000.ts'));
  await api('DELETE', named('master.m3u8'));
  await api('DELETE', named('mediactl.json'));
  await api('PATCH', named('index.m3u8'), JSON.stringify({ cacheControl: 'no-store', metadata: { by: 'hand' } }));
  const expected = ['object-missing 00000.ts', 'headers-differ index.m3u8'];
  const last = ['object-missing master.m3u8', 'object-missing mediactl.json'];
  const found = await check();
  expect(found).toMatchObject({ exitCode: 8, ok: false, overtaken: false });
  expect(found.findings.toSorted()).toEqual([...expected, ...last].toSorted());

  await bench.fake.control.clearLog();
  const repaired = await check('--repair');
  expect(repaired).toMatchObject({ exitCode: 0, ok: true });
  expect(repaired.findings.toSorted()).toEqual([...expected, ...last].map((line) => `${line} mended`).toSorted());
  const sent = (await bench.fake.control.writes()).filter(({ operation }) => operation.includes('insert'));
  const order = ['00000.ts', 'master.m3u8', 'mediactl.json'];
  expect(sent.map(({ object }) => path.posix.basename(object))).toEqual(order);
  expect(await check()).toEqual(RIGHT);
  expect((await run('ls', at("e%20f' #?"), '--json')).events[0]).toMatchObject({ titles: [{ state: 'complete' }] });
});

test('what was replaced by something newer stays without --force', async () => {
  const { check, named } = await upload('movie');
  await api('POST', named('00000.ts'), 'something else');
  expect(await check()).toMatchObject({ exitCode: 8, findings: ['object-replaced 00000.ts'] });
  expect(await check('--repair')).toMatchObject({ exitCode: 8, findings: ['object-replaced 00000.ts left'] });
  expect(await check('--repair', '--force')).toMatchObject({
    exitCode: 0,
    findings: ['object-replaced 00000.ts mended'],
  });
  expect(await check()).toEqual(RIGHT);
});

test('the same bytes written again are noticed, and taken over', async () => {
  const { check, named } = await upload('movie');
  const segment = named('00000.ts');
  const bytes = await fetch(`${bench.fake.endpoint}/media/${segment.split('/').map(encodeURIComponent).join('/')}`);
  const address = `/upload/storage/v1/b/media/o?uploadType=media&name=${encodeURIComponent(segment)}`;
  const headers = { 'content-type': 'video/mp2t' };
  await fetch(bench.fake.endpoint + address, { method: 'POST', headers, body: await bytes.arrayBuffer() });
  const both = ['object-rewritten 00000.ts', 'headers-differ 00000.ts'];
  expect(await check()).toMatchObject({ exitCode: 8, findings: both });
  expect(await check('--repair')).toMatchObject({ exitCode: 0, findings: both.map((line) => `${line} mended`) });
  expect(await check()).toEqual(RIGHT);
});

test('a newer version of the title is not touched; what else is in its folders is told', async () => {
  const { check, named } = await upload('movie');
  await api('POST', named('00000.ts').replace('00000', 'extra'), 'x');
  expect(await check()).toEqual({ ...RIGHT, findings: ['object-extra extra.ts'] });
  expect(await check('--repair')).toEqual({ ...RIGHT, findings: ['object-extra extra.ts left'] });
  await publish('movie', 'second');
  await api('DELETE', named('00000.ts'));
  await bench.fake.control.clearLog();
  const repaired = await check('--repair');
  expect(repaired).toMatchObject({ exitCode: 8, ok: false, overtaken: true });
  expect(repaired.findings).toContain('object-missing 00000.ts left');
  expect((await bench.fake.control.counts()).writes).toBe(0);
});

test('without the files nothing is half mended: what plays comes back only when all it plays is there', async () => {
  const { check, named } = await upload('movie');
  await api('DELETE', named('00000.ts'));
  await api('DELETE', named('master.m3u8'));
  await fs.rename(path.join(bench.cwd, 'movie'), path.join(bench.cwd, 'moved'));
  const left = ['object-missing 00000.ts left', 'object-missing master.m3u8 left'];
  expect((await check('--repair')).findings.toSorted()).toEqual(left);
  const segment = path.join(bench.cwd, 'moved', path.posix.relative(`${bench.place}/movie`, named('00000.ts')));
  const bytes = await fs.readFile(segment);
  await fs.writeFile(segment, 'x'.repeat(bytes.length));
  expect((await check('moved', '--repair')).findings.toSorted()).toEqual(left);
  await fs.writeFile(segment, bytes);
  expect(await check('moved', '--repair')).toMatchObject({ exitCode: 0 });
  expect(await check()).toEqual(RIGHT);
});

test('what somebody writes while it is mended stays, and nothing is built on it', async () => {
  const { check, named } = await upload('movie');
  await api('DELETE', named('00000.ts'));
  await api('DELETE', named('master.m3u8'));
  const taken = { fault: { type: 'status', status: 412 }, match: { kind: 'upload' } } as const;
  await bench.fake.control.addFault(taken);
  const left = ['object-missing 00000.ts left', 'object-missing master.m3u8 left'];
  expect((await check('--repair')).findings.toSorted()).toEqual(left);
  expect(await check('--repair')).toMatchObject({ exitCode: 0 });
});

test('a tree made elsewhere is checked and mended, too; a faulty network does no harm', async () => {
  const tree = {
    'a b/all.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv/list.m3u8\n',
    'a b/v/1#ü.ts': 'x'.repeat(376),
    'a b/v/list.m3u8': '#EXTM3U\n#EXTINF:1,\n1%23%C3%BC.ts\n#EXT-X-ENDLIST\n',
    '-readme.txt': 'hello',
  };
  for (const [name, content] of Object.entries(tree)) {
    await fs.mkdir(path.join(bench.cwd, 'tree', path.dirname(name)), { recursive: true });
    await fs.writeFile(path.join(bench.cwd, 'tree', name), content);
  }
  expect((await run('upload', 'tree', at('tree'), '--receipt', 'r.json')).exitCode).toBe(0);
  for (const name of Object.keys(tree)) await api('DELETE', `${bench.place}/tree/${name}`);
  await api('POST', `${bench.place}/tree/a b/v/of somebody else.ts`, 'x');
  await bench.fake.control.clearLog();
  await bench.fake.control.addFault({ fault: { type: 'status', status: 503 }, match: { kind: 'upload' }, count: 2 });
  await bench.fake.control.addFault({ fault: { type: 'reset', when: 'after-store' }, match: { kind: 'upload' } });
  const { exitCode, stdout } = await run('upload', '--check', 'r.json', '--repair');
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('4 objects, all as') });
  const order = (await bench.fake.control.writes()).map(({ object }) => path.posix.basename(object));
  expect([...new Set(order)].slice(2)).toEqual(['list.m3u8', 'all.m3u8']);
});

test('the receipt of an encode: headers are mended without a folder, the rest by encoding again', async () => {
  const name = '-ünï #1 50%?';
  const args = ['encode', await clip('plain3'), '--to', at(name), '--ladder', 'live', '--json'];
  const encoded = (await run(...args)).events.at(-1);
  const receipt = text(encoded?.['receipt']);
  expect(path.basename(receipt)).toMatch(/^-ünï #1 50%\?-[0-9a-f]{8}\.receipt\.json$/);
  expect(path.dirname(receipt)).toBe(bench.cwd);
  const check = async (...more: string[]): Promise<unknown> => {
    const { events } = await run('upload', '--check', receipt, '--json', ...more);
    return events[0]?.['findings'].map(({ code, why }: { code: string; why?: string | null }) => [code, why]);
  };
  const segment = `${bench.place}/${name}/${encoded?.['objects'].find((o: { path: string }) => o.path.endsWith('.ts')).path}`;
  await api('DELETE', segment);
  await api('PATCH', `${bench.place}/${name}/master.m3u8`, JSON.stringify({ contentType: 'text/plain' }));
  expect(await check('--repair')).toEqual([
    ['object-missing', expect.stringContaining('encode the title again')],
    ['headers-differ', null],
  ]);
  // What was lost gets new names: bytes under a name that caches keep never change.
  await bench.fake.control.clearLog();
  expect((await run(...args)).events.at(-1)).toMatchObject({ outcome: 'encoded' });
  expect((await bench.fake.control.writes()).map(({ object }) => object)).not.toContain(segment);
  expect(await check()).toEqual([]);
  expect((await run(...args)).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
});

test('who may only read can check, and is told that nothing can be mended', async () => {
  const { receipt, named } = await upload('movie');
  await api('PATCH', named('master.m3u8'), JSON.stringify({ contentType: 'text/plain' }));
  await bench.fake.control.settings({ auth: 'required' });
  const env = { MEDIACTL_ANONYMOUS: '', MEDIACTL_ACCESS_TOKEN: 'reads-only' };
  const as = (...more: string[]): Promise<Ran> => bench.run(['upload', '--check', receipt, '--json', ...more], { env });
  expect((await as()).exitCode).toBe(8);
  expect((await as('--repair')).events).toMatchObject([{ code: 'storage-forbidden', exitCode: 10 }]);
});

test.each([
  [['--repair'], /--check/],
  [['--check', 'r.json', 'dir', 'gs://media/x'], /the receipt names it/],
  [['--check', 'none.json'], /no such file/],
])('wrong usage: %j', async (args, said) => {
  const { exitCode, stderr } = await run('upload', ...args);
  expect(stderr).toMatch(said);
  expect([2, 3]).toContain(exitCode);
});
