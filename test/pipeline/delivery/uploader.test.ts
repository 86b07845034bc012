import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MediactlError } from '../../../src/errors.js';
import { openLedger, type UploadLedger } from '../../../src/pipeline/delivery/upload-ledger.js';
import { silentMeter, type UploadMeter } from '../../../src/pipeline/delivery/upload-meter.js';
import { createUploader, NamesTaken, type Uploader } from '../../../src/pipeline/delivery/uploader.js';
import { segmentsAhead } from '../../../src/stages/encode/encode-session.js';
import { MemoryStorage } from '../../storage/memory-storage.js';

const BYTES = 1000;
const CHUNKS = 2;
let folder = '';
let storage: MemoryStorage;
let ledger: UploadLedger;
let metered: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uploader-'));
  storage = new MemoryStorage();
  ledger = await openLedger(folder);
  metered = [];
});
afterEach(async () => {
  await ledger.close();
  await rm(folder, { recursive: true, force: true });
});

const meter: UploadMeter = {
  ...silentMeter,
  queued: (bytes) => void metered.push(`queued ${bytes}`),
  confirmed: (bytes) => void metered.push(`confirmed ${bytes}`),
  waiting: (isWaiting) => void metered.push(`waiting ${isWaiting}`),
};

async function open(maxStaging = Infinity): Promise<Uploader> {
  return createUploader({
    storage,
    snapshot: await storage.snapshot(),
    ledger,
    meter,
    maxStaging,
    chunksAtOnce: CHUNKS,
  });
}

async function stage(path: string, letter = 'x'): Promise<string> {
  const file = join(folder, path.replaceAll('/', '_'));
  await writeFile(file, letter.repeat(BYTES));
  return file;
}

/** Holds all writes back until it is called. */
function hold(): () => void {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  storage.beforeWrite = () => held;
  return release;
}

/** Whether it is still pending when everything that can go on has gone on. */
async function isPending(work: Promise<unknown>): Promise<boolean> {
  let pending = true;
  void work.catch(() => {}).finally(() => (pending = false));
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  return pending;
}

describe('a segment', () => {
  test('goes to the bucket, is noted before, and its staged file goes when it is confirmed', async () => {
    const uploader = await open();
    const file = await stage('a/00000.ts');
    let knownBefore = false;
    storage.beforeWrite = (path) => {
      knownBefore = ledger.last(path) !== null && existsSync(file);
    };
    await uploader.add('a/00000.ts', file, BYTES, 'segment');
    await uploader.settle();
    expect(knownBefore).toBe(true);
    expect(storage.log).toEqual(['put a/00000.ts']);
    expect(uploader.confirmed.find('a/00000.ts')).toEqual(await storage.stat('a/00000.ts'));
    expect(ledger.isOurs('a/00000.ts', uploader.confirmed.find('a/00000.ts')?.crc32c ?? null)).toBe(true);
    expect(existsSync(file)).toBe(false);
    expect(metered.filter((line) => !line.startsWith('waiting'))).toEqual([`queued ${BYTES}`, `confirmed ${BYTES}`]);
  });

  test('is labelled as what it is', async () => {
    const uploader = await open();
    await uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    await uploader.settle();
    expect((await storage.stat('a/00000.ts'))?.headers?.cacheControl).toContain('immutable');
  });

  test('that a run before has brought stays as it is', async () => {
    const before = await open();
    await before.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    await before.settle();
    const brought = await storage.stat('a/00000.ts');
    const uploader = await open();
    const file = await stage('a/00000.ts');
    await uploader.add('a/00000.ts', file, BYTES, 'segment');
    await uploader.settle();
    expect(storage.log).toEqual(['put a/00000.ts']);
    expect(uploader.confirmed.find('a/00000.ts')).toEqual(brought);
    expect(existsSync(file)).toBe(false);
  });

  test('with other bytes than a run before has brought is not sent, and its rendition is ours no longer', async () => {
    const before = await open();
    for (const path of ['a/00000.ts', 'b/00000.ts']) await before.add(path, await stage(path), BYTES, 'segment');
    await before.settle();
    const brought = before.confirmed.find('a/00000.ts');
    const uploader = await open();
    await uploader.add('a/00000.ts', await stage('a/00000.ts', 'y'), BYTES, 'segment');
    await expect(uploader.settle()).rejects.toBeInstanceOf(NamesTaken);
    expect(await storage.stat('a/00000.ts')).toEqual(brought);
    expect([...ledger.all()].map(({ path }) => path)).toEqual(['b/00000.ts']);

    // Nor in the next run, whatever its bytes are; of the other rendition what is there is.
    await ledger.close();
    ledger = await openLedger(folder);
    for (const letter of ['x', 'y']) {
      const next = await open();
      await next.add('a/00000.ts', await stage('a/00000.ts', letter), BYTES, 'segment');
      await expect(next.settle()).rejects.toBeInstanceOf(NamesTaken);
    }
    const other = await open();
    await other.add('b/00000.ts', await stage('b/00000.ts'), BYTES, 'segment');
    await other.settle();
    // The two went side by side.
    expect(storage.log.toSorted()).toEqual(['put a/00000.ts', 'put b/00000.ts']);
  });
});

describe('what another publisher has written', () => {
  const theirs = new TextEncoder().encode('theirs');

  async function expectTaken(uploader: Uploader): Promise<void> {
    await expect(uploader.settle()).rejects.toBeInstanceOf(NamesTaken);
    await expect(uploader.settle()).rejects.toMatchObject({ code: 'storage-conflict' });
    expect(uploader.failed.reason).toBeInstanceOf(NamesTaken);
    expect(await storage.read('a/00000.ts')).toEqual(theirs);
  }

  test('before this run stays', async () => {
    await storage.write('a/00000.ts', theirs, 'segment');
    const uploader = await open();
    const file = await stage('a/00000.ts');
    await uploader.add('a/00000.ts', file, BYTES, 'segment');
    await expectTaken(uploader);
    expect(existsSync(file)).toBe(true);
  });

  test('while this run is under way stays', async () => {
    const uploader = await open();
    storage.beforeWrite = async (path) => {
      storage.beforeWrite = () => {};
      await storage.write(path, theirs, 'segment');
    };
    await uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    await expectTaken(uploader);
  });
});

describe('an upload that fails', () => {
  test('fails the run with its own error, at the next segment too', async () => {
    const uploader = await open();
    storage.beforeWrite = () => {
      throw new MediactlError('storage-forbidden', 'no');
    };
    const file = await stage('a/00000.ts');
    await uploader.add('a/00000.ts', file, BYTES, 'segment');
    await expect(uploader.settle()).rejects.toMatchObject({ code: 'storage-forbidden' });
    expect(uploader.failed.aborted).toBe(true);
    await expect(uploader.add('a/00001.ts', file, BYTES, 'segment')).rejects.toMatchObject({
      code: 'storage-forbidden',
    });
    expect(storage.log).toEqual([]);
    expect(uploader.confirmed.size).toBe(0);
    expect(existsSync(file)).toBe(true);
    await uploader.idle();
  });

  test('wakes who waits for room', async () => {
    const uploader = await open(BYTES);
    let fail = (): void => {};
    storage.beforeWrite = () =>
      new Promise((_, reject) => (fail = () => reject(new MediactlError('storage-forbidden', 'no'))));
    const waiting = uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    expect(await isPending(waiting)).toBe(true);
    fail();
    await expect(waiting).rejects.toMatchObject({ code: 'storage-forbidden' });
  });
});

describe('room on the disk', () => {
  const ahead = segmentsAhead(1, CHUNKS) * BYTES;

  test('is waited for while more is staged than may be, and no longer', async () => {
    const uploader = await open(ahead + 2 * BYTES);
    const release = hold();
    const paths = ['a/00000.ts', 'a/00001.ts', 'a/00002.ts'];
    const [first, second, third] = [...paths];
    for (const path of [first, second]) await uploader.add(path!, await stage(path!), BYTES, 'segment');
    expect(metered).not.toContain('waiting true');
    const waiting = uploader.add(third!, await stage(third!), BYTES, 'segment');
    expect(await isPending(waiting)).toBe(true);
    expect(metered.at(-1)).toBe('waiting true');
    release();
    await waiting;
    expect(metered).toContain('waiting false');
    await uploader.settle();
    expect(uploader.confirmed.size).toBe(3);
  });

  test('is kept for what FFmpeg makes before it stands still, of each rendition', async () => {
    const uploader = await open(segmentsAhead(2, CHUNKS) * 2 * BYTES + BYTES);
    const release = hold();
    await uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    const waiting = uploader.add('b/00000.ts', await stage('b/00000.ts'), BYTES, 'segment');
    expect(await isPending(waiting)).toBe(true);
    release();
    await waiting;
  });

  test('is not waited for when nothing is staged: a segment larger than all the room is sent', async () => {
    const uploader = await open(1);
    await uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    await uploader.add('a/00001.ts', await stage('a/00001.ts'), BYTES, 'segment');
    expect(storage.log).toEqual(['put a/00000.ts', 'put a/00001.ts']);
  });

  test('idle waits for all that is under way, and never rejects', async () => {
    const uploader = await open();
    const release = hold();
    await uploader.add('a/00000.ts', await stage('a/00000.ts'), BYTES, 'segment');
    const [settled, idle] = [uploader.settle(), uploader.idle()];
    expect(await isPending(settled)).toBe(true);
    expect(await isPending(idle)).toBe(true);
    release();
    await Promise.all([settled, idle]);
    expect(storage.log).toEqual(['put a/00000.ts']);
  });
});
