import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { allListed, stageTitle } from '../../../fixtures/numbered-title.js';
import { sampleAudio, samplePlan } from '../../../fixtures/plan.js';
import type { TitleRecord } from '../../../src/model/artifact.js';
import { videoOf } from '../../../src/model/rendition.js';
import { checkWhole, recordedFile } from '../../../src/pipeline/record/make-record.js';
import { isUnchanged, planKey, readRecord } from '../../../src/pipeline/record/record.js';
import { publish } from '../../../src/stages/publish/publish.js';
import { LocalStorage } from '../../../src/storage/local.js';
import { timeOfEncodes } from '../../support/pace.js';

let folder: string;
let root: string;
let storage: LocalStorage;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mediactl-record-'));
  root = join(folder, 'title');
  storage = new LocalStorage(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function published(): Promise<TitleRecord> {
  const { artifacts, record } = stageTitle(join(folder, 'staging'), 7);
  await publish(allListed(artifacts), storage, { previous: null, record });
  return record;
}

test('a record is read as it was written; keys of later versions are no reason to refuse it', async () => {
  expect(await readRecord(storage)).toEqual({ kind: 'none' });
  const record = await published();
  expect(await readRecord(storage)).toEqual({ kind: 'ours', record });
  await writeFile(join(root, 'mediactl.json'), JSON.stringify({ ...record, later: { more: 1 } }));
  expect(await readRecord(storage)).toEqual({ kind: 'ours', record });
});

test.each([
  ['no JSON', () => '{"schema": "mediactl.tit', /not JSON/],
  ['nothing', () => '', /not JSON/],
  ['JSON of somebody else', () => '{"name": "x"}', /not the record of a title/],
  ['null', () => 'null', /not the record of a title/],
  [
    'a later schema',
    (record: TitleRecord) => JSON.stringify({ ...record, schema: 'mediactl.title/3' }),
    /another version.*title\/3/,
  ],
  [
    'a key of another type',
    (record: TitleRecord) => JSON.stringify({ ...record, files: [{ path: 'a', bytes: 'b' }] }),
    /files\.0\.bytes/,
  ],
  [
    'a path that leads out',
    (record: TitleRecord) => JSON.stringify({ ...record, files: [{ path: '../a', bytes: 1 }] }),
    /files\.0\.path/,
  ],
])('%s is not ours, and the reason is said', async (_, text, reason) => {
  const record = await published();
  await writeFile(join(root, 'mediactl.json'), text(record));
  expect(await readRecord(storage)).toEqual({ kind: 'foreign', reason: expect.stringMatching(reason) });
});

test('a whole title with the same key is unchanged; anything else says why not', async () => {
  expect(await isUnchanged(storage, null, 'key 7')).toMatchObject({ unchanged: false });
  const record = await published();
  expect(await isUnchanged(storage, record, 'key 7')).toEqual({ unchanged: true });
  expect(await isUnchanged(storage, record, 'key 8')).toMatchObject({ because: 'the source or the options changed' });

  await writeFile(join(root, '.mediactl-publishing.json'), '{}');
  expect(await isUnchanged(storage, record, 'key 7')).toMatchObject({ because: 'publishing was interrupted' });
  await rm(join(root, '.mediactl-publishing.json'));

  await truncate(join(root, '360p-00000007/00001.ts'), 3);
  await rm(join(root, '720p-00000007/00001.ts'));
  expect(await isUnchanged(storage, record, 'key 7')).toEqual({
    unchanged: false,
    because: '360p-00000007/00001.ts is missing or has changed (and 1 more)',
  });
});

test('ten thousand files are compared without reading them one after the other', async () => {
  const record = await published();
  const files = Array.from({ length: 10_000 }, (_, index) => ({ path: `many/${index % 100}.ts`, bytes: 1 }));
  await mkdir(join(root, 'many'));
  for (const { path } of files.slice(0, 100)) await writeFile(join(root, path), 'x');
  const began = performance.now();
  expect(await isUnchanged(storage, { ...record, files }, 'key 7')).toEqual({ unchanged: true });
  expect(performance.now() - began).toBeLessThan(timeOfEncodes(40));
});

test('the key changes with what the title depends on, and with nothing else', () => {
  const plan = samplePlan('a.mp4');
  const key = planKey(plan);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(
    planKey({ ...plan, source: { ...plan.source, path: 'other/name.mp4', absolutePath: '/other/name.mp4' } }),
  ).toBe(key);
  expect(planKey({ ...plan, decisions: [], warnings: [{ code: 'a', message: 'b' }] })).toBe(key);
  expect(planKey({ ...plan, source: { ...plan.source, modifiedMs: 2 } })).not.toBe(key);
  expect(planKey({ ...plan, source: { ...plan.source, fingerprint: 'other' } })).not.toBe(key);
  const [rungs, audio] = [videoOf(plan), sampleAudio()];
  expect(planKey({ ...plan, renditions: [...rungs, audio] })).toBe(key);
  expect(planKey({ ...plan, renditions: [...rungs, { ...audio, id: 'audio-en-ffffffff' }] })).not.toBe(key);
  expect(planKey({ ...plan, renditions: [...rungs, { ...audio, label: 'Other' }] })).not.toBe(key);
  expect(planKey({ ...plan, renditions: rungs })).not.toBe(key);
});

test('a title without a master, or with a file twice, has no record', () => {
  const { artifacts, record } = stageTitle(join(folder, 'staging'), 7);
  const classes = new Map(artifacts.map(({ path, class: kind }) => [path, kind]));
  expect(artifacts.map(recordedFile)).toEqual(record.files.map((file) => ({ ...file, class: classes.get(file.path) })));
  expect(() => checkWhole(artifacts)).not.toThrow();
  expect(() => checkWhole(artifacts.slice(0, -1))).toThrow('no master');
  expect(() => checkWhole([...artifacts, artifacts[0]!])).toThrow('twice');
});
