import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { crc32cOfFile } from '../../src/storage/crc32c.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { runMediactl, startMediactl, type Ran, type Running } from './run.js';

/** Titles in a bucket: the real program, the real FFmpeg, and the fake server over a socket. */

let fake: FakeGcs;
let source = '';
let root = '';
let cwd = '';
let titles = 0;
let prefix = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-bucket-'));
  source = path.join(root, 'movie.mp4');
  fake = await startFakeGcs({
    buckets: [{ name: 'media' }],
    settings: { writeLimit: true },
    tokens: [{ token: 'reads-only', permissions: ['storage.objects.get', 'storage.objects.list'] }],
  });
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=426x240:r=25:d=12', '-f', 'lavfi', '-i', 'sine=f=440:d=12'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', source],
  ]);
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  prefix = `titles/a title ${titles++}`;
  cwd = await fs.mkdtemp(path.join(root, 'cwd-'));
  await fake.control.clearLog();
});
afterEach(async () => {
  await fake.control.removeFault();
  await fake.control.settings({ auth: 'open', latencyMs: 0 });
});

const FAST = ['--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast', '--json'];
const env = (): Record<string, string> => ({ MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ANONYMOUS: 'true' });
const encodeArgs = (...more: string[]): string[] => [
  'encode',
  source,
  '--to',
  `gs://media/${prefix}`,
  ...FAST,
  ...more,
];
const encode = (...more: string[]): Promise<Ran> => runMediactl(encodeArgs(...more), { cwd, env: env() });
const startEncode = (folder = cwd, ...more: string[]): Running =>
  startMediactl(encodeArgs(...more), { cwd: folder, env: env() });

interface BucketObject {
  readonly path: string;
  readonly bytes: number;
  readonly crc32c: string;
  readonly generation: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly metadata: unknown;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function objects(): Promise<BucketObject[]> {
  const all = await fake.control.objects('media');
  return all
    .map(({ name, size, crc32c, generation, contentType, cacheControl, metadata = {} }) => ({
      path: text(name),
      bytes: Number(size),
      crc32c: text(crc32c),
      generation: text(generation),
      contentType: text(contentType),
      cacheControl: text(cacheControl),
      metadata,
    }))
    .filter(({ path: name }) => name.startsWith(`${prefix}/`))
    .map((object) => ({ ...object, path: object.path.slice(prefix.length + 1) }));
}

async function get(name: string): Promise<{ status: number; body: Buffer }> {
  const address = ['media', ...`${prefix}/${name}`.split('/')].map(encodeURIComponent).join('/');
  const answer = await fetch(`${fake.endpoint}/${address}`);
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

/** What a player does: every URI of the master, and every URI of those; complains of what is not there. */
async function playThrough(): Promise<string[] | null> {
  const master = await get('master.m3u8');
  if (master.status === 404) return null;
  const seen: string[] = [];
  const urisOf = (playlist: string): string[] => [
    ...new Set([
      ...playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
      ...[...playlist.matchAll(/URI="([^"]+)"/g)].map(([, uri = '']) => uri),
    ]),
  ];
  for (const uri of urisOf(master.body.toString())) {
    const media = await get(decodeURIComponent(uri));
    if (media.status !== 200) throw new Error(`${uri}: ${media.status}`);
    for (const part of urisOf(media.body.toString())) {
      const name = path.posix.join(path.posix.dirname(uri), part);
      const segment = await get(name);
      if (segment.status !== 200 || segment.body.length % 188 !== 0) throw new Error(`${name}: ${segment.status}`);
      seen.push(name);
    }
  }
  return seen;
}

/** The title of the bucket, as its record and the last event tell it, is what is there; nothing else is there. */
async function expectWhole({ events }: Ran, extra: readonly string[] = []): Promise<void> {
  const result = events.at(-1);
  const there = await objects();
  expect(result?.type, JSON.stringify(result)).toBe('result');
  expect(result?.['objects'].length).toBeGreaterThan(10);
  const byPath = new Map(there.map((object) => [object.path, object]));
  for (const object of result?.['objects'] ?? []) expect(byPath.get(object.path)).toEqual(object);
  const record = JSON.parse((await get('mediactl.json')).body.toString());
  for (const { path: name, bytes, crc32c } of record.files) expect(byPath.get(name)).toMatchObject({ bytes, crc32c });
  const listed = [...record.files, ...(record.kept ?? []).flatMap((version: { files: unknown[] }) => version.files)];
  expect(there.map((object) => object.path).toSorted()).toEqual(
    [...listed.map((file: { path: string }) => file.path), 'mediactl.json', ...extra].toSorted(),
  );
  for (const { path: name, contentType, cacheControl } of there) {
    if (name.endsWith('.ts')) {
      expect([contentType, cacheControl]).toEqual(['video/mp2t', 'public, max-age=31536000, immutable']);
    } else if (name.endsWith('.m3u8')) {
      const age = name === 'master.m3u8' ? 300 : 60;
      expect([contentType, cacheControl]).toEqual(['application/vnd.apple.mpegurl', `public, max-age=${age}`]);
    } else expect(cacheControl).toBe('no-cache');
  }
  expect((await playThrough())?.length).toBeGreaterThan(10);
}

/** Nothing was written before all it refers to. */
async function expectInOrder(): Promise<void> {
  const writes = (await fake.control.writes()).filter(({ object }) => object.startsWith(`${prefix}/`));
  const rank = (name: string): number =>
    /\.(ts|ndjson)$/.test(name) ? 0 : name.endsWith('master.m3u8') ? 2 : name.endsWith('mediactl.json') ? 3 : 1;
  const ranks = writes.filter(({ operation }) => operation.includes('insert')).map(({ object }) => rank(object));
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  expect(ranks.length).toBeGreaterThan(10);
}

test('a title is uploaded while it is encoded, confirmed, and left alone when nothing changed', async () => {
  const first = await encode('--receipt', 'receipt.json');
  expect(first.stderr).toBe('');
  await expectWhole(first);
  await expectInOrder();
  const types = first.events.map(({ type }) => type);
  expect(types.indexOf('upload')).toBeLessThan(types.lastIndexOf('segment'));
  const upload = first.events.findLast(({ type }) => type === 'upload');
  expect(upload).toMatchObject({ objects: upload?.['totalObjects'], bytes: upload?.['totalBytes'], waiting: false });
  const receipt = JSON.parse(await fs.readFile(path.join(cwd, 'receipt.json'), 'utf8'));
  const byPath = (a: BucketObject, b: BucketObject): number => (a.path < b.path ? -1 : 1);
  expect(receipt.objects).toEqual(first.events.at(-1)?.['objects'].toSorted(byPath));
  expect(first.events.at(-1)?.['receipt']).toBe(path.join(cwd, 'receipt.json'));
  expect(await fs.readdir(cwd)).toEqual(['receipt.json']);

  await fake.control.clearLog();
  const again = await encode('--no-receipt');
  expect(await fs.readdir(cwd)).toEqual(['receipt.json']);
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged', output: `gs://media/${prefix}` });
  const { byKind, writes } = await fake.control.counts();
  expect({ byKind, writes }).toEqual({ byKind: { 'object-list': 1, 'object-media': 1 }, writes: 0 });
});

test('while a title is replaced a player meets the old one whole or the new one whole; one version before stays', async () => {
  await encode();
  const met = new Set<string>();
  let polls = 0;
  const poll = async (running: Running): Promise<Ran> => {
    let ended = false;
    void running.done.finally(() => (ended = true));
    while (!ended) {
      met.add((await playThrough())?.[0]?.split('/')[0] ?? 'nothing');
      polls++;
    }
    return running.done;
  };
  await expectWhole(await poll(startEncode(cwd, '--force')));
  const third = await poll(startEncode(cwd, '--force'));
  await expectWhole(third);
  await playThrough();
  expect(polls).toBeGreaterThan(5);
  expect(met).not.toContain('nothing');
  expect(new Set((await objects()).map((object) => object.path.split('/')[0])).size).toBe(2 + 2 * 2);
  await expectWhole(await encode('--force', '--keep-versions', '0'));
  expect(new Set((await objects()).map((object) => object.path.split('/')[0])).size).toBe(2 + 2);
});

test('back to a version that is still kept: its segments are taken up again', async () => {
  await encode();
  await encode('--crf', '40');
  await fake.control.clearLog();
  await expectWhole(await encode());
  expect((await fake.control.writes()).filter(({ object }) => object.endsWith('.ts'))).toEqual([]);
});

test('killed in the middle, the same command goes on and leaves nothing behind', async () => {
  // Slow enough for a kill between what is written and what comes next.
  await fake.control.settings({ latencyMs: 300 });
  for (const [last, least] of [
    ['.ts', 3],
    ['.m3u8', 1],
    ['master.m3u8', 1],
  ] as const) {
    const running = startEncode();
    let ended = false;
    void running.done.finally(() => (ended = true));
    const written = async (): Promise<number> =>
      (await fake.control.writes()).filter(({ object }) => object.startsWith(prefix) && object.endsWith(last)).length;
    while (!ended && (await written()) < least) await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill('SIGKILL');
    expect((await running.done).signal, last).toBe('SIGKILL');
    expect(await playThrough()).toSatisfy((seen) => (last === 'master.m3u8') === (seen !== null));
  }
  await fake.control.settings({ latencyMs: 0 });
  await fake.control.clearLog();
  const resumed = await encode();
  await expectWhole(resumed);
  expect((await fake.control.writes()).filter(({ object }) => object.endsWith('.ts'))).toEqual([]);
  expect(await fs.readdir(cwd)).toEqual([path.basename(resumed.events.at(-1)?.['receipt'])]);
});

test('faults of server and network do no harm', async () => {
  const hurt = { kind: 'any', object: '' } as const;
  const faults = [
    { type: 'status', status: 503 },
    { type: 'status', status: 429, retryAfter: '0' },
    { type: 'reset', when: 'mid-body', afterBytes: 1000 },
    { type: 'reset', when: 'after-store' },
  ] as const;
  for (const [i, fault] of faults.entries()) {
    await fake.control.addFault({ fault, match: { ...hurt, kind: 'upload' }, probability: 0.12, seed: i + 1 });
  }
  const ran = await encode();
  await fake.control.removeFault();
  await expectWhole(ran);
  await expectInOrder();
  expect(Object.keys((await fake.control.counts()).faults).length).toBeGreaterThan(0);
  expect(ran.events.findLast(({ type }) => type === 'upload')?.['retries']).toBeGreaterThan(0);
});

test('of two publishers one wins, and the title is of one of them', async () => {
  const other = await fs.mkdtemp(path.join(root, 'cwd-'));
  const [a, b] = await Promise.all([startEncode(cwd).done, startEncode(other).done]);
  const codes = [a, b].map(({ events }) => events.at(-1)?.['code'] ?? 'won');
  expect(['storage-conflict', 'won']).toEqual(expect.arrayContaining(codes));
  expect(codes).toContain('won');
  const again = await encode();
  await expectWhole(again, await strays());
  // Both replace the same title: names differ from what is there, and the switch decides.
  await Promise.all([startEncode(cwd, '--force').done, startEncode(other, '--force').done]);
  expect((await playThrough())?.length).toBeGreaterThan(10);
});

/** What a loser has left in the bucket: known to its own working folder only, which another run does not touch. */
async function strays(): Promise<string[]> {
  const record = JSON.parse((await get('mediactl.json')).body.toString());
  const known = new Set(record.files.map((file: { path: string }) => file.path));
  return (await objects()).map((object) => object.path).filter((name) => !known.has(name) && name !== 'mediactl.json');
}

test('a slow network makes the encode wait, and does it no harm', async () => {
  await fake.control.addFault({
    fault: { type: 'latency', milliseconds: 300 },
    match: { kind: 'upload' },
    count: 1000,
  });
  const args = encodeArgs('--max-staging', '100k', '--upload-jobs', '1', '--stall-timeout', '1');
  const ran = await runMediactl(args, { cwd, env: env() });
  await fake.control.removeFault();
  await expectWhole(ran);
  const uploads = ran.events.filter(({ type }) => type === 'upload');
  expect(uploads.some(({ waiting }) => waiting)).toBe(true);
});

test('what the bucket refuses is an error of its own', async () => {
  const code = async (to: string, more: Record<string, string>): Promise<unknown> => {
    const { events, exitCode } = await runMediactl(['encode', source, '--to', to, ...FAST], {
      cwd,
      env: { MEDIACTL_ENDPOINT: fake.endpoint, ...more },
    });
    return [exitCode, events.at(-1)?.['code']];
  };
  expect(await code('gs://no-such-bucket/x', env())).toEqual([10, 'storage-not-found']);
  await fake.control.settings({ auth: 'required' });
  expect(await code(`gs://media/${prefix}`, { MEDIACTL_ACCESS_TOKEN: 'unknown' })).toEqual([10, 'storage-auth']);
  expect(await code(`gs://media/${prefix}`, { MEDIACTL_ACCESS_TOKEN: 'reads-only' })).toEqual([
    10,
    'storage-forbidden',
  ]);
  expect(await code('s3://media/x', env())).toEqual([2, 'usage']);
});

test('a title made earlier is uploaded, then found unchanged; a changed one replaces it', async () => {
  const upload = (...more: string[]): Promise<Ran> =>
    runMediactl(['upload', 'title', `gs://media/${prefix}`, '--json', ...more], { cwd, env: env() });
  const local = ['encode', source, '-o', 'title', ...FAST];
  await runMediactl(local, { cwd });
  await expectWhole(await upload());
  await expectInOrder();
  await fake.control.clearLog();
  expect((await upload()).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  expect((await fake.control.counts()).writes).toBe(0);
  await runMediactl([...local, '--force'], { cwd });
  await expectWhole(await upload());
  await fs.rm(path.join(cwd, 'title', 'master.m3u8'));
  expect((await upload()).events.at(-1)).toMatchObject({ code: 'verify-failed' });
});

test('a tree made elsewhere is uploaded in the order of its playlists, with headers, and nothing twice', async () => {
  const tree: Readonly<Record<string, string>> = {
    'aaa.mpd': '<MPD/>',
    'all.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv 1/list.m3u8\n',
    'v 1/list.m3u8': '#EXTM3U\n#EXTINF:1,\na#b.ts\n#EXT-X-ENDLIST\n',
    'v 1/a#b.ts': 'x'.repeat(188),
    'v 1/init.mp4': 'y',
    'zzz.jpg': 'z',
  };
  for (const [name, content] of Object.entries(tree)) {
    await fs.mkdir(path.join(cwd, 'tree', path.dirname(name)), { recursive: true });
    await fs.writeFile(path.join(cwd, 'tree', name), content);
  }
  await fs.writeFile(path.join(cwd, 'tree', '.hidden'), '');
  const upload = (): Promise<Ran> =>
    runMediactl(['upload', 'tree', `gs://media/${prefix}`, '--json'], { cwd, env: env() });
  const ran = await upload();
  expect(ran.events.at(-1)).toMatchObject({
    type: 'result',
    outcome: 'uploaded',
    playlist: `gs://media/${prefix}/aaa.mpd`,
    warnings: [{ code: 'files-left-out', count: 1 }],
  });
  const order = (await fake.control.writes()).map(({ object }) => object.slice(prefix.length + 1));
  expect(order.slice(3)).toEqual(['v 1/list.m3u8', ...order.slice(4)]);
  expect(order.slice(4).toSorted()).toEqual(['aaa.mpd', 'all.m3u8']);
  for (const object of await objects()) {
    const { bytes, crc32c } = await crc32cOfFile(path.join(cwd, 'tree', object.path));
    expect(object).toMatchObject({ bytes, crc32c });
  }
  const types = Object.fromEntries((await objects()).map((object) => [object.path, object.contentType]));
  expect(types).toMatchObject({ 'aaa.mpd': 'application/dash+xml', 'zzz.jpg': 'image/jpeg' });

  await fake.control.clearLog();
  expect((await upload()).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  expect((await fake.control.counts()).writes).toBe(0);
  await fs.writeFile(path.join(cwd, 'tree', 'v 1/a#b.ts'), 'w'.repeat(188));
  expect((await upload()).events.at(-1)?.['warnings']).toMatchObject([
    { code: 'files-left-out' },
    { code: 'cached-names-reused', count: 1 },
  ]);
});
