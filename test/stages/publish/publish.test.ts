import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allListed, stageTitle } from '../../../fixtures/numbered-title.js';
import type { TitleRecord } from '../../../src/model/artifact.js';
import { publish } from '../../../src/stages/publish/publish.js';
import { LocalStorage } from '../../../src/storage/local.js';

let folder: string;
let staging: string;
let root: string;
let storage: LocalStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-publish-'));
  staging = join(folder, 'staging');
  root = join(folder, 'title');
  storage = new LocalStorage(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function files(): Promise<string[]> {
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

function expected(record: TitleRecord, ...more: string[]): string[] {
  return [...record.files.map(({ path }) => path), 'mediactl.json', ...more].toSorted();
}

/** Reads the title as a player does, and gives the version that all of it is of. */
async function versionSeen(): Promise<number> {
  const master = (await readFile(join(root, 'master.m3u8'), 'utf8')).split('\n');
  const version = /\d+/.exec(master[0] ?? '')?.[0];
  for (const playlist of master.slice(1)) {
    const lines = (await readFile(join(root, playlist), 'utf8')).split('\n');
    const texts = lines.slice(1).map((name) => readFile(join(root, playlist, '..', name), 'utf8'));
    for (const text of [lines[0], ...(await Promise.all(texts))])
      expect(text).toMatch(RegExp(`every version|version ${version}`));
  }
  return Number(version);
}

/** Notes each name as it appears, and can fail or stop before one. */
class Watched extends LocalStorage {
  readonly order: string[] = [];
  before: (path: string) => Promise<void> = async () => undefined;

  override async put(path: string, file: string): ReturnType<LocalStorage['put']> {
    await this.before(path);
    this.order.push(path);
    return super.put(path, file);
  }

  override async write(path: string, bytes: Uint8Array): ReturnType<LocalStorage['write']> {
    await this.before(path);
    this.order.push(path);
    return super.write(path, bytes);
  }

  override async remove(path: string): Promise<void> {
    await this.before(`remove ${path}`);
    this.order.push(`remove ${path}`);
    return super.remove(path);
  }
}

test('what is named appears before what names it, the master last, then the record, then the old goes', async () => {
  const old = stageTitle(staging, 1);
  await publish(allListed(old.artifacts), storage, { previous: null, record: old.record });
  const next = stageTitle(staging, 2);
  const watched = new Watched(root);
  // Handed over in the worst order.
  await publish(allListed(next.artifacts.toReversed()), watched, { previous: old.record, record: next.record });
  const rank = (path: string): number => {
    if (path === '.mediactl-publishing.json') return 0;
    if (path.endsWith('segments.ndjson') && !path.startsWith('remove')) return 1;
    if (path.endsWith('.ts') && !path.startsWith('remove')) return 2;
    if (path.endsWith('index.m3u8') && !path.startsWith('remove')) return 3;
    return path === 'master.m3u8' ? 4 : path === 'mediactl.json' ? 5 : path.endsWith('publishing.json') ? 7 : 6;
  };
  const ranks = watched.order.map(rank);
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  expect(new Set(ranks)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
});

test('a first title, and one that replaces it; foreign files stay', async () => {
  const first = stageTitle(staging, 1);
  const receipt = await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
  const bytes = first.record.files.reduce((sum, file) => sum + file.bytes, 0);
  expect(receipt).toEqual({
    stored: null,
    published: first.artifacts.length,
    reused: 0,
    removed: 0,
    bytes,
    warnings: [],
  });
  expect(await files()).toEqual(expected(first.record));
  expect(JSON.parse(await readFile(join(root, 'mediactl.json'), 'utf8'))).toEqual(first.record);

  await writeFile(join(root, 'notes.txt'), 'mine');
  await writeFile(join(root, '720p-00000001/mine.srt'), 'mine');
  await mkdir(join(root, 'empty'));
  const second = stageTitle(staging, 2);
  const again = await publish(allListed(second.artifacts), storage, { previous: first.record, record: second.record });
  expect(again.removed).toBe(first.artifacts.length - 1);
  expect(await files()).toEqual(expected(second.record, 'notes.txt', '720p-00000001/mine.srt'));
  expect(await readdir(root)).toContain('empty');
  expect(await readdir(root)).not.toContain('360p-00000001');
});

test('a rendition that both versions have is neither removed nor asked for again', async () => {
  const first = stageTitle(staging, 1, { shared: true });
  await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
  const { mtimeMs } = await stat(join(root, 'audio-en-aaaaaaaa/00000.ts'));
  const second = stageTitle(staging, 2, { shared: true });
  await rm(join(staging, 'audio-en-aaaaaaaa'), { recursive: true });
  const receipt = await publish(allListed(second.artifacts), storage, {
    previous: first.record,
    record: second.record,
  });
  expect(receipt.reused).toBe(6);
  expect((await stat(join(root, 'audio-en-aaaaaaaa/00000.ts'))).mtimeMs).toBe(mtimeMs);
  expect(await files()).toEqual(expected(second.record));
});

test('a file of the old title that somebody changed stays, with a warning', async () => {
  const first = stageTitle(staging, 1);
  await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
  await writeFile(join(root, '720p-00000001/index.m3u8'), 'edited by hand');
  const second = stageTitle(staging, 2);
  const receipt = await publish(allListed(second.artifacts), storage, {
    previous: first.record,
    record: second.record,
  });
  expect(receipt.warnings).toEqual([
    { code: 'changed-files-kept', message: expect.stringContaining('720p-00000001/index.m3u8'), count: 1 },
  ]);
  expect(await files()).toEqual(expected(second.record, '720p-00000001/index.m3u8'));
});

test.each(['master.m3u8', 'mediactl.json'])("somebody else's %s is not replaced, unless forced", async (name) => {
  await mkdir(root);
  await writeFile(join(root, name), 'mine');
  const { artifacts, record } = stageTitle(staging, 1);
  await expect(publish(allListed(artifacts), storage, { previous: null, record })).rejects.toMatchObject({
    code: 'output-not-ours',
    hint: expect.stringContaining('--force'),
  });
  expect(await files()).toEqual([name]);
  expect(await readFile(join(root, name), 'utf8')).toBe('mine');
  await publish(allListed(artifacts), storage, { previous: null, record, force: true });
  expect(await files()).toEqual(expected(record));
});

test('a staged file of another size, or none at all, stops before the title changes', async () => {
  const first = stageTitle(staging, 1);
  await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
  const second = stageTitle(staging, 2);
  const options = { previous: first.record, record: second.record };
  await writeFile(join(staging, '720p-00000002/00002.ts'), 'short');
  await expect(publish(allListed(second.artifacts), storage, options)).rejects.toMatchObject({ code: 'verify-failed' });
  expect(await storage.stat('720p-00000002/00002.ts')).toBeNull();
  await rm(join(staging, '720p-00000002/00002.ts'));
  await expect(publish(allListed(second.artifacts), storage, options)).rejects.toMatchObject({
    code: 'verify-failed',
    reason: 'it is neither staged nor published',
  });
  expect(await readFile(join(root, 'master.m3u8'), 'utf8')).toContain('# version 1');
  expect(await files()).toEqual(expect.arrayContaining(expected(first.record)));
});

test('artifacts and record that differ never become a title', async () => {
  const { artifacts, record } = stageTitle(staging, 1);
  const few = artifacts.filter(({ path }) => path !== '360p-00000001/00001.ts');
  await expect(publish(allListed(few), storage, { previous: null, record })).rejects.toThrow('360p-00000001/00001.ts');
  expect(await storage.stat('master.m3u8')).toBeNull();
});

test('stopped before each single step, then run again: the same title, and nothing left over', async () => {
  for (let step = 0; ; step++) {
    await rm(root, { recursive: true, force: true });
    await rm(staging, { recursive: true, force: true });
    const first = stageTitle(staging, 1, { segments: 2, shared: true });
    await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
    const second = stageTitle(staging, 2, { segments: 2, shared: true });
    const watched = new Watched(root);
    let steps = 0;
    watched.before = async () => {
      if (steps++ >= step) throw new Error('stopped');
    };
    const run = publish(allListed(second.artifacts), watched, { previous: first.record, record: second.record });
    const failed = await run.then(
      () => false,
      () => true,
    );
    if (!failed) {
      expect(step).toBe(24);
      break;
    }
    const seen = await versionSeen();
    expect(seen).toBe(steps > 14 ? 2 : 1);
    const previous: TitleRecord = JSON.parse(await readFile(join(root, 'mediactl.json'), 'utf8'));
    await publish(allListed(second.artifacts), storage, { previous, record: second.record });
    expect(await files()).toEqual(expected(second.record));
    expect((await readdir(root)).toSorted()).toHaveLength(5);
  }
});

test('a version given up half-way leaves nothing when another is published instead', async () => {
  const first = stageTitle(staging, 1);
  await publish(allListed(first.artifacts), storage, { previous: null, record: first.record });
  for (const step of [5, 12, 25, 36]) {
    const given = stageTitle(staging, 2 + step);
    const watched = new Watched(root);
    let steps = 0;
    watched.before = async () => {
      if (steps++ >= step) throw new Error('stopped');
    };
    const run = publish(allListed(given.artifacts), watched, { previous: first.record, record: given.record });
    await expect(run).rejects.toThrow('stopped');
  }
  const record: TitleRecord = JSON.parse(await readFile(join(root, 'mediactl.json'), 'utf8'));
  const last = stageTitle(staging, 99);
  await publish(allListed(last.artifacts), storage, { previous: record, record: last.record });
  expect(await files()).toEqual(expected(last.record));
});

test('a pending file that was tampered with names nothing outside the title', async () => {
  const outside = join(folder, 'precious');
  await writeFile(outside, 'mine!');
  await mkdir(root);
  const entry = { path: '../precious', bytes: 5 };
  await writeFile(
    join(root, '.mediactl-publishing.json'),
    JSON.stringify({ schema: 'mediactl.publishing/1', files: [entry], obsolete: [entry] }),
  );
  const { artifacts, record } = stageTitle(staging, 1);
  await publish(allListed(artifacts), storage, { previous: null, record });
  expect(await readFile(outside, 'utf8')).toBe('mine!');
  expect(await files()).toEqual(expected(record));
});

test('a folder in the way is a clear error', async () => {
  await mkdir(join(root, 'master.m3u8'), { recursive: true });
  const { artifacts, record } = stageTitle(staging, 1);
  await expect(publish(allListed(artifacts), storage, { previous: null, record })).rejects.toMatchObject({
    code: 'output-not-writable',
    reason: expect.stringContaining('in the way'),
  });
});

test('published files get the usual permissions', async () => {
  const { artifacts, record } = stageTitle(staging, 1);
  await publish(allListed(artifacts), storage, { previous: null, record });
  const probe = join(folder, 'probe');
  await writeFile(probe, '');
  const { mode } = await stat(probe);
  for (const path of ['master.m3u8', 'mediactl.json', '720p-00000001/00000.ts']) {
    expect((await stat(join(root, path))).mode).toBe(mode);
  }
});
