import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startFakeGcs, type FakeGcs } from '../gcs/start.mjs';
import { checkBucket } from './chaos/check-bucket.js';
import { startPlayer, type Expected, type Player } from './chaos/player.js';
import { makeTitles, type Title } from './chaos/titles.js';
import { startMediactl, type Ran } from './run.js';

/** Two publishers of one place at once, as on two machines: neither knows of the other but by the bucket. */

const ROUNDS = Number(process.env['RIVAL_ROUNDS'] ?? 1);

let fake: FakeGcs;
let root = '';
let bucket = '';
let count = 0;
let titles: readonly Title[] = [];
let machines: readonly string[] = [];

beforeAll(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'mediactl-rivals-'));
  fake = await startFakeGcs({ nativeChecksums: true });
  titles = await makeTitles(root, ['a', 'b', 'c']);
});
afterAll(async () => {
  await fake.stop();
  await fs.rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  machines = [await fs.mkdtemp(path.join(root, 'one-')), await fs.mkdtemp(path.join(root, 'two-'))];
});

async function emptyBucket(): Promise<void> {
  bucket = `rivals-${count++}`;
  await fake.control.createBucket({ name: bucket, public: true, softDeletePolicy: { retentionDurationSeconds: '0' } });
  await fake.control.clearLog();
}

/** On the first or the second machine. */
async function run(machine: number, ...args: readonly string[]): Promise<Ran> {
  const cwd = machines[machine] ?? root;
  const more = [`gs://${bucket}/t`, '--json', '--endpoint', fake.endpoint, '--anonymous'];
  return startMediactl([...args, ...more], { cwd, env: { XDG_STATE_HOME: path.join(cwd, 'state') } }).done;
}
const upload = (machine: number, title: Title): Promise<Ran> => run(machine, 'upload', '--replace', title.folder);
const encode = (machine: number, { source, flags }: Title): Promise<Ran> =>
  run(machine, 'encode', source, ...flags, '--to');
const named = (name: string): Title => titles.find((title) => title.name === name) ?? missing(name);

function missing(what: string): never {
  throw new Error(`no ${what}`);
}

function watch(expected: Expected): Player {
  return startPlayer(`${fake.endpoint}/${bucket}/t`, {
    expected,
    async switchesSince(ms) {
      const writes = await fake.control.writes({ bucket, object: 't/master.m3u8' });
      return writes.filter(({ time }) => time >= ms).length;
    },
  });
}

/** Every file of the title of which players opened that. */
const ofOneTitle: Expected = (name, crc32c, entry) => {
  const title = titles.find(({ files }) => files.get(entry.name)?.crc32c === entry.crc32c);
  return title?.files.get(name)?.crc32c === crc32c ? null : 'is of another title';
};

/** "won", or the code of the error. */
const endOf = ({ events }: Ran): string => String(events.at(-1)?.['code'] ?? 'won');
const wrong = (title: Title | null): Promise<string[]> =>
  checkBucket(fake, { bucket, prefix: 't', title, foreign: new Map() });

test.each([
  ['different titles, to an empty place', null, 'a', 'b'],
  ['different titles, over another', 'c', 'a', 'b'],
  ['the same title, to an empty place', null, 'a', 'a'],
  ['the same title, over another', 'c', 'b', 'b'],
])('two uploads of %s: one wins, and the other is told or comes after', async (_, before, one, two) => {
  for (let round = 0; round < ROUNDS; round++) {
    await emptyBucket();
    if (before !== null) expect(endOf(await upload(0, named(before)))).toBe('won');
    const player = watch(ofOneTitle);
    const rivals = [named(one), named(two)] as const;
    const ends = (await Promise.all(rivals.map((title, i) => upload(i, title)))).map(endOf);
    expect(ends).toContain('won');
    expect(['won', 'storage-conflict']).toEqual(expect.arrayContaining(ends));
    // Whoever was told wins when it comes again, and takes up or removes what it had brought.
    const loser = ends.indexOf('storage-conflict');
    if (loser >= 0) expect(endOf(await upload(loser, rivals[loser] ?? rivals[0]))).toBe('won');
    await player.stop();
    expect(player.problems).toEqual([]);
    if (loser >= 0) expect(await wrong(rivals[loser] ?? null)).toEqual([]);
    await fake.control.deleteBucket(bucket);
  }
});

test('two encodes of one title to an empty place: they do not stop each other', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    await emptyBucket();
    const seen = new Map<string, string>();
    const player = watch((name, crc32c) => {
      const isOther = name !== 'master.m3u8' && (seen.get(name) ?? crc32c) !== crc32c;
      seen.set(name, crc32c);
      return isOther ? 'had other bytes before' : null;
    });
    const ends = (await Promise.all([encode(0, named('c')), encode(1, named('c'))])).map(endOf);
    await player.stop();
    expect(player.problems).toEqual([]);
    expect(ends).toContain('won');
    expect(['won', 'storage-conflict']).toEqual(expect.arrayContaining(ends));
    await fake.control.deleteBucket(bucket);
  }
});
