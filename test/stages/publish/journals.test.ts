import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allListed, stageTitle, stageWithJournals } from '../../../fixtures/numbered-title.js';
import type { TitleRecord } from '../../../src/model/artifact.js';
import { parseRecord } from '../../../src/pipeline/record/record.js';
import { findTitles } from '../../../src/pipeline/titles/titles.js';
import { publish } from '../../../src/stages/publish/publish.js';
import { LocalStorage } from '../../../src/storage/local.js';

/** Titles whose segments are listed in their journals alone. */

let folder: string;
let root: string;
let storage: LocalStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-journals-'));
  root = join(folder, 'title');
  storage = new LocalStorage(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const staged = (version: number, segments = 4): ReturnType<typeof stageWithJournals> =>
  stageWithJournals(join(folder, `staging-${version}`), version, { segments });

async function files(): Promise<string[]> {
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

async function presentRecord(): Promise<TitleRecord> {
  const state = await parseRecord(await readFile(join(root, 'mediactl.json')));
  if (state.kind !== 'ours') throw new Error(state.reason);
  return state.record;
}

const whole = (paths: readonly string[], ...more: readonly string[]): string[] =>
  [...paths, 'mediactl.json', ...more].toSorted();

test('one that replaces another: what only that had goes, its segments too', async () => {
  const first = staged(1);
  await publish(first.artifacts, storage, { previous: null, record: first.record });
  expect(await files()).toEqual(whole(first.paths));
  expect(await presentRecord()).toEqual(first.record);
  expect(JSON.stringify(first.record)).not.toContain('00001.ts');
  await writeFile(join(root, '720p-00000001/00004.ts'), 'one more than the journal lists');
  await writeFile(join(root, '720p-00000001/00001.ts'), 'changed since');
  const second = staged(2);
  const receipt = await publish(second.artifacts, storage, { previous: await presentRecord(), record: second.record });
  expect(receipt.warnings).toEqual([
    { code: 'changed-files-kept', message: expect.stringContaining('720p-00000001/00001.ts'), count: 1 },
  ]);
  expect(await files()).toEqual(whole(second.paths, '720p-00000001/00001.ts', '720p-00000001/00004.ts'));
});

test('one that replaces a title of the version before, and keeps its sound', async () => {
  const old = stageTitle(join(folder, 'old'), 1, { shared: true });
  await publish(allListed(old.artifacts), storage, { previous: null, record: old.record });
  const next = staged(2);
  await rm(join(folder, 'staging-2/audio-en-aaaaaaaa'), { recursive: true });
  // The journal of the sound says now what it lists; all else is as it was.
  const journal = next.artifacts.files.find(({ path }) => path === 'audio-en-aaaaaaaa/segments.ndjson');
  const again = staged(3).artifacts.files.find(({ path }) => path === journal?.path);
  const artifacts = {
    ...next.artifacts,
    files: next.artifacts.files.map((each) => (each === journal && again ? { ...each, file: again.file } : each)),
  };
  await publish(artifacts, storage, { previous: await presentRecord(), record: next.record });
  expect(await files()).toEqual(whole(next.paths));
});

test('segments that are not as many as the record says never become a title', async () => {
  const { artifacts, record } = staged(1);
  async function* few(): AsyncGenerator<(typeof artifacts.files)[number]> {
    for await (const segment of artifacts.segments()) if (!segment.path.endsWith('00003.ts')) yield segment;
  }
  const publishing = publish({ ...artifacts, segments: few }, storage, { previous: null, record });
  await expect(publishing).rejects.toThrow('720p-00000001/');
  expect(await storage.stat('master.m3u8')).toBeNull();
  expect(await storage.stat('720p-00000001/index.m3u8')).toBeNull();
});

/** Stops before the step of that number, and says whether it came so far. */
async function stoppedAt(step: number, title: ReturnType<typeof staged>, previous: TitleRecord): Promise<boolean> {
  let steps = 0;
  class Stopping extends LocalStorage {
    override async put(...call: Parameters<LocalStorage['put']>): ReturnType<LocalStorage['put']> {
      stop();
      return super.put(...call);
    }
    override async write(...call: Parameters<LocalStorage['write']>): ReturnType<LocalStorage['write']> {
      stop();
      return super.write(...call);
    }
    override async remove(...call: Parameters<LocalStorage['remove']>): Promise<void> {
      stop();
      return super.remove(...call);
    }
  }
  const stop = (): void => {
    if (steps++ >= step) throw new Error('stopped');
  };
  return publish(title.artifacts, new Stopping(root), { previous, record: title.record }).then(
    () => false,
    () => true,
  );
}

test('stopped before each single step, then run again, or given up: nothing is left over', async () => {
  for (let step = 0; ; step++) {
    await rm(root, { recursive: true, force: true });
    const first = staged(1, 2);
    await publish(first.artifacts, storage, { previous: null, record: first.record });
    const second = staged(2, 2);
    if (!(await stoppedAt(step, second, first.record))) {
      expect(step).toBeGreaterThan(20);
      return;
    }
    const isGivenUp = step % 2 === 1;
    const last = isGivenUp ? staged(3, 2) : second;
    await publish(last.artifacts, storage, { previous: await presentRecord(), record: last.record });
    expect([step, await files()]).toEqual([step, whole(last.paths)]);
  }
});

test('what is there of one is told; of a journal that is gone nothing is', async () => {
  const first = staged(1);
  await publish(first.artifacts, storage, { previous: null, record: first.record });
  await writeFile(join(root, '720p-00000001/00001.ts'), 'changed since');
  await rm(join(root, '720p-00000001/00002.ts'));
  await writeFile(join(root, 'notes.txt'), 'mine');
  const count = async (): Promise<unknown> => {
    const { titles } = await findTitles(storage, ({ missing, objects }) => ({
      missing,
      files: [...objects('file')].length,
      changed: [...objects('changed')].map(({ path }) => path),
      others: [...objects('other')].map(({ path }) => path),
    }));
    return titles[0];
  };
  const changed = ['720p-00000001/00001.ts'];
  expect(await count()).toEqual({ missing: 1, files: first.paths.length - 2, changed, others: ['notes.txt'] });
  await rm(join(root, '360p-00000001/segments.ndjson'));
  const others = [0, 1, 2, 3].map((index) => `360p-00000001/0000${index}.ts`);
  expect(await count()).toEqual({
    missing: 2,
    files: first.paths.length - 7,
    changed,
    others: [...others, 'notes.txt'],
  });
});
