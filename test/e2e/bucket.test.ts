import fs from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { crc32cOfFile } from '../../src/storage/crc32c.js';
import { stallSeconds, timeOfEncodes } from '../support/pace.js';
import { FAST, recorded, useBucket, type BucketObject } from './bucket-bench.js';
import { runMediactl, type Ran, type Running } from './run.js';

/** Titles in a bucket: the real program, the real FFmpeg, and the fake server over a socket. */

const bench = useBucket();
const { args, encode, start, objects, playThrough, expectWhole, expectInOrder } = bench;

test('a title is uploaded while it is encoded, confirmed, and left alone when nothing changed', async () => {
  const first = await encode('--receipt', 'receipt.json');
  expect(first.stderr).toBe('');
  await expectWhole(first);
  await expectInOrder();
  const types = first.events.map(({ type }) => type);
  expect(types.indexOf('upload')).toBeLessThan(types.lastIndexOf('segment'));
  const upload = first.events.findLast(({ type }) => type === 'upload');
  expect(upload).toMatchObject({ objects: upload?.['totalObjects'], bytes: upload?.['totalBytes'], waiting: false });
  const receipt = JSON.parse(await fs.readFile(path.join(bench.cwd, 'receipt.json'), 'utf8'));
  const byPath = (a: BucketObject, b: BucketObject): number => (a.path < b.path ? -1 : 1);
  expect(receipt.objects).toEqual(first.events.at(-1)?.['objects'].toSorted(byPath));
  expect(first.events.at(-1)?.['receipt']).toBe(path.join(bench.cwd, 'receipt.json'));
  expect(await fs.readdir(bench.cwd)).toEqual(['receipt.json']);

  await bench.fake.control.clearLog();
  const again = await encode('--no-receipt');
  expect(await fs.readdir(bench.cwd)).toEqual(['receipt.json']);
  expect(again.events.at(-1)).toMatchObject({ outcome: 'unchanged', output: `gs://media/${bench.prefix}` });
  // The record, and the journals of two renditions: for the choice of names, and for what is there.
  const { byKind, writes } = await bench.fake.control.counts();
  expect({ byKind, writes }).toEqual({ byKind: { 'object-list': 1, 'object-media': 5 }, writes: 0 });
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
  await expectWhole(await poll(start(bench.cwd, '--force')));
  const third = await poll(start(bench.cwd, '--force'));
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
  await bench.fake.control.clearLog();
  await expectWhole(await encode());
  expect((await bench.fake.control.writes()).filter(({ object }) => object.endsWith('.ts'))).toEqual([]);
});

test('killed in the middle, the same command goes on and leaves nothing behind', async () => {
  // Slow enough for a kill between what is written and what comes next, on a busy machine too.
  await bench.fake.control.settings({ latencyMs: Math.max(300, timeOfEncodes(1)) });
  for (const [last, least] of [
    ['.ts', 3],
    ['.m3u8', 1],
    ['master.m3u8', 1],
  ] as const) {
    const running = start();
    let ended = false;
    void running.done.finally(() => (ended = true));
    const written = async (): Promise<number> =>
      (await bench.fake.control.writes()).filter(
        ({ object }) => object.startsWith(bench.prefix) && object.endsWith(last),
      ).length;
    while (!ended && (await written()) < least) await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill('SIGKILL');
    expect((await running.done).signal, last).toBe('SIGKILL');
    expect(await playThrough()).toSatisfy((seen) => (last === 'master.m3u8') === (seen !== null));
  }
  await bench.fake.control.settings({ latencyMs: 0 });
  await bench.fake.control.clearLog();
  const resumed = await encode();
  await expectWhole(resumed);
  expect((await bench.fake.control.writes()).filter(({ object }) => object.endsWith('.ts'))).toEqual([]);
  expect(await fs.readdir(bench.cwd)).toEqual([path.basename(resumed.events.at(-1)?.['receipt'])]);
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
    await bench.fake.control.addFault({ fault, match: { ...hurt, kind: 'upload' }, probability: 0.12, seed: i + 1 });
  }
  const ran = await encode();
  await bench.fake.control.removeFault();
  await expectWhole(ran);
  await expectInOrder();
  expect(Object.keys((await bench.fake.control.counts()).faults).length).toBeGreaterThan(0);
  expect(ran.events.findLast(({ type }) => type === 'upload')?.['retries']).toBeGreaterThan(0);
});

test('of two publishers one wins, and the title is of one of them', async () => {
  const other = await fs.mkdtemp(path.join(path.dirname(bench.cwd), 'cwd-'));
  const [a, b] = await Promise.all([start(bench.cwd).done, start(other).done]);
  const codes = [a, b].map(({ events }) => events.at(-1)?.['code'] ?? 'won');
  expect(['storage-conflict', 'won']).toEqual(expect.arrayContaining(codes));
  expect(codes).toContain('won');
  const again = await encode();
  await expectWhole(again, await strays());
  // Both replace the same title: names differ from what is there, and the switch decides.
  await Promise.all([start(bench.cwd, '--force').done, start(other, '--force').done]);
  expect((await playThrough())?.length).toBeGreaterThan(10);
});

/** What a loser has left in the bucket: known to its own working folder only, which another run does not touch. */
async function strays(): Promise<string[]> {
  const known = new Set((await recorded(bench)).map((file) => file.path));
  return (await objects()).map((object) => object.path).filter((name) => !known.has(name) && name !== 'mediactl.json');
}

test('a slow network makes the encode wait, and does it no harm', async () => {
  const stall = stallSeconds();
  await bench.fake.control.addFault({
    fault: { type: 'latency', milliseconds: Math.min(300 * stall, 5000) },
    match: { kind: 'upload' },
    count: 1000,
  });
  const command = args('--max-staging', '100k', '--upload-jobs', '1', '--stall-timeout', String(stall));
  const ran = await runMediactl(command, { cwd: bench.cwd, env: bench.env });
  await bench.fake.control.removeFault();
  await expectWhole(ran);
  const uploads = ran.events.filter(({ type }) => type === 'upload');
  expect(uploads.some(({ waiting }) => waiting)).toBe(true);
});

test('what the bucket refuses is an error of its own', async () => {
  const code = async (to: string, more: Record<string, string>): Promise<unknown> => {
    const { events, exitCode } = await runMediactl(['encode', bench.source, '--to', to, ...FAST], {
      cwd: bench.cwd,
      env: { MEDIACTL_ENDPOINT: bench.fake.endpoint, ...more },
    });
    return [exitCode, events.at(-1)?.['code']];
  };
  expect(await code('gs://no-such-bucket/x', bench.env)).toEqual([10, 'storage-not-found']);
  await bench.fake.control.settings({ auth: 'required' });
  expect(await code(`gs://media/${bench.prefix}`, { MEDIACTL_ACCESS_TOKEN: 'unknown' })).toEqual([10, 'storage-auth']);
  expect(await code(`gs://media/${bench.prefix}`, { MEDIACTL_ACCESS_TOKEN: 'reads-only' })).toEqual([
    10,
    'storage-forbidden',
  ]);
  expect(await code('s3://media/x', bench.env)).toEqual([2, 'usage']);
});

test('a title made earlier is uploaded, then found unchanged; a changed one replaces it', async () => {
  const upload = (...more: string[]): Promise<Ran> =>
    runMediactl(['upload', 'title', `gs://media/${bench.prefix}`, '--json', ...more], {
      cwd: bench.cwd,
      env: bench.env,
    });
  const local = ['encode', bench.source, '-o', 'title', ...FAST];
  await runMediactl(local, { cwd: bench.cwd });
  await expectWhole(await upload());
  await expectInOrder();
  await bench.fake.control.clearLog();
  expect((await upload()).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  expect((await bench.fake.control.counts()).writes).toBe(0);
  await runMediactl([...local, '--force'], { cwd: bench.cwd });
  await expectWhole(await upload());
  await fs.rm(path.join(bench.cwd, 'title', 'master.m3u8'));
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
    await fs.mkdir(path.join(bench.cwd, 'tree', path.dirname(name)), { recursive: true });
    await fs.writeFile(path.join(bench.cwd, 'tree', name), content);
  }
  await fs.writeFile(path.join(bench.cwd, 'tree', '.hidden'), '');
  const upload = (): Promise<Ran> =>
    runMediactl(['upload', 'tree', `gs://media/${bench.prefix}`, '--json'], { cwd: bench.cwd, env: bench.env });
  const ran = await upload();
  expect(ran.events.at(-1)).toMatchObject({
    type: 'result',
    outcome: 'uploaded',
    playlist: `gs://media/${bench.prefix}/aaa.mpd`,
    warnings: [{ code: 'files-left-out', count: 1 }],
  });
  const order = (await bench.fake.control.writes()).map(({ object }) => object.slice(bench.prefix.length + 1));
  expect(order.slice(3)).toEqual(['v 1/list.m3u8', ...order.slice(4)]);
  expect(order.slice(4).toSorted()).toEqual(['aaa.mpd', 'all.m3u8']);
  for (const object of await objects()) {
    const { bytes, crc32c } = await crc32cOfFile(path.join(bench.cwd, 'tree', object.path));
    expect(object).toMatchObject({ bytes, crc32c });
  }
  const types = Object.fromEntries((await objects()).map((object) => [object.path, object.contentType]));
  expect(types).toMatchObject({ 'aaa.mpd': 'application/dash+xml', 'zzz.jpg': 'image/jpeg' });

  await bench.fake.control.clearLog();
  expect((await upload()).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  expect((await bench.fake.control.counts()).writes).toBe(0);
  await fs.writeFile(path.join(bench.cwd, 'tree', 'v 1/a#b.ts'), 'w'.repeat(188));
  expect((await upload()).events.at(-1)?.['warnings']).toMatchObject([
    { code: 'files-left-out' },
    { code: 'cached-names-reused', count: 1 },
  ]);
});

test('both forms of a title are uploaded while they are encoded, an initialization segment before what needs it', async () => {
  const first = await encode('--format', 'hls,cmaf');
  await expectWhole(first);
  await expectInOrder();
  const writes = (await bench.fake.control.writes()).map(({ object }) => object);
  for (const init of writes.filter((name) => name.endsWith('/init.mp4'))) {
    const folder = path.posix.dirname(init);
    expect(writes.find((name) => name.startsWith(`${folder}/`) && !name.endsWith('.ndjson'))).toBe(init);
  }
  expect((await encode('--format', 'hls,cmaf')).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  // The form that stays is not brought again, of the other one version is kept.
  await bench.fake.control.clearLog();
  await expectWhole(await encode('--format', 'cmaf'));
  expect((await bench.fake.control.writes()).filter(({ object }) => /\.(ts|m4s|mp4)$/.test(object))).toEqual([]);
});
