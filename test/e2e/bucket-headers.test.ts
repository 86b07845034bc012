import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clip } from '../../fixtures/clips.js';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { runMediactl, startMediactl, type Ran } from './run.js';

/** Headers and placement of a title in a bucket, as a user sets them. */

let fake: FakeGcs;
let root = '';
let source = '';

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-headers-'));
  source = await clip('plain4');
  fake = await startFakeGcs({
    buckets: [
      { name: 'media' },
      { name: 'uniform', iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } },
      { name: 'private', iamConfiguration: { publicAccessPrevention: 'enforced' } },
    ],
  });
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});

const run = async (...args: string[]): Promise<Ran> =>
  runMediactl([...args, '--json'], {
    cwd: root,
    env: { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ANONYMOUS: 'true' },
  });
const encode = async (to: string, ...more: string[]): Promise<Ran> =>
  run('encode', source, '--to', to, '--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast', ...more);

/** What somebody else has put on objects of the title. */
const THEIRS: Readonly<Record<string, string>> = { 'master.m3u8': 'x', 'mediactl.json': 'y' };

async function putMetadata(object: string, metadata: Readonly<Record<string, string>>): Promise<void> {
  const address = `${fake.endpoint}/storage/v1/b/media/o/${encodeURIComponent(object)}`;
  const headers = { 'content-type': 'application/json' };
  const { ok } = await fetch(address, { method: 'PATCH', headers, body: JSON.stringify({ metadata }) });
  expect(ok).toBe(true);
}

interface Labels {
  readonly [key: string]: unknown;
}

async function labels(prefix: string): Promise<ReadonlyMap<string, Labels>> {
  const all = await fake.control.objects('media');
  return new Map(
    all.flatMap((object) => {
      const { name } = object;
      const isMine = typeof name === 'string' && name.startsWith(`${prefix}/`);
      return isMine ? [[name.slice(prefix.length + 1), object]] : [];
    }),
  );
}

test('rules, metadata and placement reach every object; changed headers are patched and nothing is sent', async () => {
  const config = path.join(root, 'mediactl.config.json');
  const rules = [
    { match: '*.m3u8', cacheControl: 'no-cache' },
    { match: 'master.m3u8', contentType: 'application/x-mpegURL', metadata: { entry: 'yes' } },
  ];
  await fs.writeFile(config, JSON.stringify({ headers: rules, storageClass: 'nearline' }));
  const kmsKey = 'projects/p/locations/us/keyRings/r/cryptoKeys/k';
  const first = await encode('gs://media/a', '--kms-key', kmsKey, '--metadata', 'title=a, b', '--acl', 'publicRead');
  expect(first.events.at(-1)).toMatchObject({ type: 'result', outcome: 'encoded' });
  const made = await labels('a');
  expect(made.size).toBeGreaterThan(5);
  for (const [name, object] of made) {
    expect(object).toMatchObject({ storageClass: 'NEARLINE', kmsKeyName: expect.stringContaining(kmsKey) });
    expect(object['metadata']).toEqual({ title: 'a, b', ...(name === 'master.m3u8' ? { entry: 'yes' } : {}) });
    if (name.endsWith('.m3u8')) expect(object['cacheControl']).toBe('no-cache');
    if (name.endsWith('.ts')) expect(object['cacheControl']).toContain('immutable');
  }
  expect(made.get('master.m3u8')).toMatchObject({ contentType: 'application/x-mpegURL' });

  await fake.control.clearLog();
  expect((await encode('gs://media/a', '--metadata', 'title=a, b')).events.at(-1)).toMatchObject({
    outcome: 'unchanged',
  });
  expect((await fake.control.counts()).writes).toBe(0);

  // What somebody else has put on an object stays, and so does what a rule no longer says, unless one takes it away.
  for (const [name, theirs] of Object.entries(THEIRS)) await putMetadata(`a/${name}`, { theirs });
  await fs.writeFile(config, JSON.stringify({ headers: [{ match: 'master.m3u8', metadata: { entry: null } }] }));
  const again = await encode('gs://media/a', '--metadata', 'title=c');
  expect(again.events.at(-1)).toMatchObject({ type: 'result', outcome: 'relabelled' });
  const patched = await labels('a');
  for (const [name, object] of patched) {
    expect(object['generation']).toBe(made.get(name)?.['generation']);
    const theirs = THEIRS[name];
    expect(object['metadata']).toEqual(theirs === undefined ? { title: 'c' } : { title: 'c', theirs });
  }
  expect(patched.get('master.m3u8')).toMatchObject({ cacheControl: 'public, max-age=300' });
  const { byKind } = await fake.control.counts();
  // Each time the record, and twice its two journals; and what was put by hand.
  const patches = made.size + Object.keys(THEIRS).length;
  expect(byKind).toEqual({ 'object-list': 2, 'object-media': 10, 'object-patch': patches });
  expect((await fake.control.writes()).every(({ operation }) => operation === 'object-patch')).toBe(true);
});

test('a title and a tree that were uploaded are patched, too', async () => {
  await run('encode', source, '-o', 'title', '--ladder', 'live', '--only', '240p', '--encoder-preset', 'ultrafast');
  await fs.mkdir(path.join(root, 'tree'), { recursive: true });
  await fs.writeFile(path.join(root, 'tree', 'a.ts'), 'x');
  for (const [folder, outcome] of [
    ['title', 'relabelled'],
    ['tree', 'relabelled'],
  ] as const) {
    await run('upload', folder, `gs://media/${folder}`);
    await fake.control.clearLog();
    const ran = await run('upload', folder, `gs://media/${folder}`, '--metadata', 'k=v', '--metadata', 'l=w,x');
    expect(ran.events.at(-1)).toMatchObject({ type: 'result', outcome });
    const { size } = await labels(folder);
    const [sent, patched, there] = [0, size, 0].map((objects) => expect.objectContaining({ objects }));
    expect(ran.events.at(-1)).toMatchObject({ transfer: { sent, patched, there } });
    expect(Object.keys((await fake.control.counts()).byKind)).not.toContain('insert-multipart');
    for (const object of (await labels(folder)).values()) expect(object['metadata']).toEqual({ k: 'v', l: 'w,x' });
  }
});

test.each([
  ['gs://uniform/a', /uniform access, so who may read is set on the bucket/],
  ['gs://private/a', /nothing in gs:\/\/private may be public/],
])('an ACL that %s does not take', async (to, hint) => {
  const { events, exitCode } = await encode(to, '--acl', 'publicRead');
  expect(exitCode).toBe(10);
  expect(events.at(-1)).toMatchObject({ type: 'error', code: 'storage-rejected', hint: expect.stringMatching(hint) });
});

test('--bwlimit holds all uploads together; Ctrl-C does not wait for them', async () => {
  const folder = path.join(root, 'large');
  await fs.mkdir(folder);
  for (const name of ['a.ts', 'b.ts', 'c.ts']) await fs.writeFile(path.join(folder, name), Buffer.alloc(400_000, name));
  const env = { MEDIACTL_ENDPOINT: fake.endpoint, MEDIACTL_ANONYMOUS: 'true' };
  const args = ['upload', 'large', 'gs://media/large', '--no-receipt', '--json', '--bwlimit'];
  const began = performance.now();
  const { exitCode } = await runMediactl([...args, '500K'], { cwd: root, env });
  expect(exitCode).toBe(0);
  // A machine can be slower than that, but not faster.
  expect(performance.now() - began).toBeGreaterThan(2000);

  await fs.writeFile(path.join(folder, 'd.ts'), Buffer.alloc(8_000_000));
  const running = startMediactl([...args, '8K'], { cwd: root, env });
  await running.waitFor(/"type":"upload"/);
  running.child.kill('SIGINT');
  expect((await running.done).exitCode).toBe(130);
});
